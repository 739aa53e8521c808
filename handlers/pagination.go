package handlers

import (
	"encoding/base64"
	"encoding/json"
	"net/url"

	"latchkey/handlers/page"
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
	if err := json.Unmarshal(data, &cursor); err != nil || !models.IsID(cursor.ID) || !page.Readable(cursor.Name) {
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
func accountPager(query url.Values, f models.AccountFilter, view models.Page[models.Account]) (pager ui.Pager) {
	if len(view.Rows) == 0 {
		return pager
	}
	first, last := view.Rows[0], view.Rows[len(view.Rows)-1]
	if f.After != nil || f.Before != nil && view.More {
		pager.Newer = views.Query(views.AccountsURL, query, "after", "", "before", writeCursor(f.Sort.Cursor(first)))
	}
	if f.Before != nil || view.More {
		pager.Older = views.Query(views.AccountsURL, query, "before", "", "after", writeCursor(f.Sort.Cursor(last)))
	}
	return pager
}
