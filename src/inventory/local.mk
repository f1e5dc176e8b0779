# src/inventory
