package handlers

import (
	"encoding/base64"
	"encoding/json"
	"net/url"

	"latchkey/models"
	"latchkey/views"
	"latchkey/views/ui"
)

// accountPlace reads the cursor of a page.
func accountPlace(query url.Values, f *models.AccountFilter) bool {
	after, before := query.Get("after"), query.Get("before")
	switch {
	case after != "" && before != "":
		return false
	case after != "":
		f.After = readCursor(after)
		return f.After != nil
	case before != "":
		f.Before = readCursor(before)
		return f.Before != nil
	default:
		return true
	}
}

func readCursor(text string) *models.AccountCursor {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	var cursor models.AccountCursor
	if err := json.Unmarshal(data, &cursor); err != nil || !models.IsID(cursor.ID) || !readable(cursor.Name) {
		return nil
	}
	return &cursor
}

func writeCursor(cursor models.AccountCursor) string {
	data, err := json.Marshal(cursor)
	if err != nil { // a time after the year 9999, which no clock here shows
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// accountPager links to the previous and the next page.
func accountPager(query url.Values, f models.AccountFilter, page models.AccountPage) (pager ui.Pager) {
	if len(page.Rows) == 0 {
		return pager
	}
	first, last := page.Rows[0], page.Rows[len(page.Rows)-1]
	if f.After != nil || f.Before != nil && page.More {
		pager.Newer = views.Query(views.AccountsURL, query, "after", "", "before", writeCursor(f.Sort.Cursor(first)))
	}
	if f.Before != nil || page.More {
		pager.Older = views.Query(views.AccountsURL, query, "before", "", "after", writeCursor(f.Sort.Cursor(last)))
	}
	return pager
}

// idPager is the pager of lists that are sorted by id, the newest first.
func idPager(path string, query url.Values, first, last string, more bool) (pager ui.Pager) {
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

// idPlace reads the cursor of such a list; ok is false for an invalid one, and the list starts at its first page.
func idPlace(query url.Values) (after, before string, ok bool) {
	after, before = query.Get("after"), query.Get("before")
	for _, id := range []string{after, before} {
		if id != "" && !models.IsID(id) {
			return "", "", false
		}
	}
	return after, before, after == "" || before == ""
}
