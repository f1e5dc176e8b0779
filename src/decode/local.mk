# src/decode
