# src/check
