# src/score
