# src/questionnaire
