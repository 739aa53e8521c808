package page

import (
	"net/url"

	"latchkey/models"
	"latchkey/views"
	"latchkey/views/ui"
)

// ListLength is how many rows a list shows.
const ListLength = 50

// IDPager is the pager of lists that are sorted by id, the newest first.
func IDPager(path string, query url.Values, first, last string, more bool) (pager ui.Pager) {
	forward, backward := query.Get("after") != "", query.Get("before") != ""
	if first == "" {
		return pager
	}
	if forward || backward && more {
		pager.Newer = views.Query(path, query, "after", "", "before", first)
	}
	if backward || more {
		pager.Older = views.Query(path, query, "before", "", "after", last)
	}
	return pager
}

// IDPlace reads the cursor of such a list; ok is false for an invalid one, and the list starts at its first
func IDPlace(query url.Values) (after, before string, ok bool) {
	after, before = query.Get("after"), query.Get("before")
	for _, id := range []string{after, before} {
		if id != "" && !models.IsID(id) {
			return "", "", false
		}
	}
	return after, before, after == "" || before == ""
}
