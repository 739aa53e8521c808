package page

import (
	"net/url"

	"latchkey/models"
	"latchkey/views"
	"latchkey/views/ui"
)

// ListLength is how many rows a list shows.
const ListLength = 50

// Pager links to the pages before and after one of a list, which follows a cursor (forward) or precedes it (backward).
func Pager[T any](path string, query url.Values, list models.Page[T], forward, backward bool, cursor func(T) string) (pager ui.Pager) {
	if len(list.Rows) == 0 {
		return pager
	}
	if forward || backward && list.More {
		pager.Newer = views.Query(path, query, "after", "", "before", cursor(list.Rows[0]))
	}
	if backward || list.More {
		pager.Older = views.Query(path, query, "before", "", "after", cursor(list.Rows[len(list.Rows)-1]))
	}
	return pager
}

// IDPager is [Pager] for lists that are sorted by id, the newest first.
func IDPager[T any](path string, query url.Values, list models.Page[T], id func(T) string) ui.Pager {
	return Pager(path, query, list, query.Get("after") != "", query.Get("before") != "", id)
}

// IDPlace reads the cursor of such a list; ok is false for an invalid one, and the list starts at its first row.
func IDPlace(query url.Values) (after, before string, ok bool) {
	after, before = query.Get("after"), query.Get("before")
	for _, id := range []string{after, before} {
		if id != "" && !models.IsID(id) {
			return "", "", false
		}
	}
	return after, before, after == "" || before == ""
}
