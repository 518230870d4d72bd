/* The grid of weekdays and hours. */
#include <criterion/criterion.h>

#include "insights/heatmap.h"

Test(heatmap, the_most_evidence_is_where_most_campaigns_went) {
	struct heatmap map = { 0 };
	int day = -1, hour = -1;
	cr_expect(!heatmap_most_evidence(&map, &day, &hour));
	map.cells[0][9] = (struct heat_cell){ { .sent = 900 }, 9 }; /* too few people */
	cr_expect(!heatmap_most_evidence(&map, &day, &hour));
	map.cells[1][10] = (struct heat_cell){ { .sent = 4000 }, 4 };
	map.cells[2][7] = (struct heat_cell){ { .sent = 5000 }, 4 };
	map.cells[6][23] = (struct heat_cell){ { .sent = 90000 }, 3 };
	cr_expect(heatmap_most_evidence(&map, &day, &hour) && day == 2 && hour == 7);
}
