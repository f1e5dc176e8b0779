# questionnaires
