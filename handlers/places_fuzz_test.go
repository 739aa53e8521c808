package handlers_test

import (
	"net/url"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
)

// Any value of a cursor or filter in the query results in a page, which reports invalid values.
func FuzzPlaces(f *testing.F) {
	const id = "00000000-0000-7000-8000-000000000001"
	for _, place := range []string{
		"", "x", "e30", id, "eyJpIjoiMDAwMDAwMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAxIn0", // {"i": id}
		"eyJpIjoiMDAwMDAwMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAxIiwibiI6Ilx1MDAwMCJ9",                    // a NUL as its name
		"eyJpIjoiMDAwMDAwMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAxIiwidCI6Ijk5OTktMTItMzFUMjM6NTk6NTlaIn0", // the year 9999
		"eyJpIjoiMDAwMDAwMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAxIiwidCI6IjAwMDAtMDEtMDFUMDA6MDA6MDBaIn0", // the year 0
		"\x00", "\xff", "' OR 1=1 --", "%", `"><script>`, "\u2028", "-1", "9223372036854775808",
	} {
		for which := range len(lists) {
			f.Add(uint8(which), place, "", "name")
			f.Add(uint8(which), "", place, "newest")
			f.Add(uint8(which), place, place, place)
		}
	}
	app := testapp.NewApp(f, testdb.SQLite(f))
	app.Company()
	root := app.SignIn("root")
	f.Fuzz(func(t *testing.T, which uint8, after, before, rest string) {
		query := url.Values{"after": {after}, "before": {before}}
		list := lists[int(which)%len(lists)]
		query.Set(list.field, rest)
		page := root.For(t).Get(list.path + "?" + query.Encode())
		if page.Status != 200 && page.Status != 400 && page.Status != 422 && page.Status != 431 || page.Text("h1") == "" {
			t.Errorf("%s?%s is answered %d, %s", list.path, query.Encode(), page.Status, page.Summary())
		}
	})
}

// lists are the pages that show a part of something long, each with one of its filters.
var lists = []struct{ path, field string }{
	{"/accounts", "sort"}, {"/accounts", "q"}, {"/accounts", "expiring"}, {"/accounts", "factor"}, {"/accounts", "organization"},
	{"/audit", "action"}, {"/audit", "account"}, {"/audit", "q"}, {"/audit", "actor"}, {"/audit", "ip"}, {"/audit", "from"}, {"/mail", "to"}, {"/mail", "template"},
}
