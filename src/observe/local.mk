# src/observe
