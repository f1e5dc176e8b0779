# src/capture
