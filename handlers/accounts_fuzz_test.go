package handlers

import (
	"strings"
	"testing"
	"time"

	"latchkey/handlers/page"
	"latchkey/models"
)

// Cursors survive a round trip through the query, and invalid ones are refused.
func FuzzCursors(f *testing.F) {
	const id = "00000000-0000-7000-8000-000000000001"
	for _, name := range []string{"", "ada", "josé", "名前", `a"b\c`, "<script>&", "a\u2028b", "\x00", "\xff", "null", "{}"} {
		f.Add(name, int64(0), int64(0), id, name)
		f.Add(name, int64(1_772_000_000), int64(999_999_999), id, page.WriteCursor(models.AccountCursor{Name: name, ID: id}))
	}
	for _, text := range []string{"e30", "bnVsbA", "W10", "eyJpIjpudWxsfQ", "eyJpIjoieCIsInQiOiI5OTk5OSJ9", "====", "\n"} {
		f.Add("ada", int64(253_402_300_800), int64(-1), "x", text)
	}
	f.Fuzz(func(t *testing.T, name string, seconds, nanoseconds int64, id, text string) {
		if read := page.ReadCursor(text); read != nil && (!models.IsID(read.ID) || !page.Readable(read.Name)) {
			t.Errorf("%q is taken for the place %+v", text, read)
		}
		name = strings.ToValidUTF8(name, "") // no table has other text
		place := models.AccountCursor{Name: name, At: time.Unix(seconds, nanoseconds).UTC(), ID: id}
		written := page.WriteCursor(place)
		read := page.ReadCursor(written)
		wanted := models.IsID(id) && page.Readable(name) && place.At.Year() >= 0 && place.At.Year() <= 9999
		if wanted != (read != nil) {
			t.Fatalf("%+v, written %q, is read as %+v", place, written, read)
		}
		if read != nil && (read.Name != name || read.ID != id || !read.At.Equal(place.At)) {
			t.Errorf("%+v became %+v", place, read)
		}
	})
}
