/* The two halves of the question's screen: what its keys do, and how it is drawn. */
#ifndef TUI_QUESTION_H
#define TUI_QUESTION_H

#include "questionnaire/steps.h"
#include "tui/tui.h"

/* Rows to choose from: levels, then these. */
enum { ROW_UNKNOWN = LEVELS, ROW_NOT_APPLICABLE, ROWS_OF_QUESTION };

struct question_view {
	struct steps steps;
	size_t at;
	char id[64];             /* of the step, for when the questionnaire is loaded anew */
	struct answers own;      /* of the one who answers, where there is a name */
	bool own_loaded;
	bool was_open;           /* something was open when the screen was opened */
	bool review;             /* nothing was: go through all once more */
	bool given;              /* the answer was given just now */
	int chosen;              /* row of the choices */
	int top, rows;           /* first line shown below the question, and how many are */
	bool follow;             /* scroll to the chosen row */
};

int question_row(int level);
void question_draw(struct screen *s, int rows, int columns);

#endif
