package models_test

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testdb"
	"latchkey/models"
	"latchkey/names"
)

// crowd are events of few actors, targets, addresses and organizations, the newest first, so that any filters have some in common.
func crowd(f *fixture, count int) (events []models.AuditEvent) {
	f.Helper()
	random := rand.New(rand.NewPCG(3, 5)) // the same each time
	one := func(texts ...string) string { return texts[random.IntN(len(texts))] }
	for i := range count {
		at := base.Add(time.Duration(i) * time.Hour)
		e := models.AuditEvent{
			ID: models.NewIDs(func() time.Time { return at }, nil).New(), At: at, Action: one("edited", "moved", models.ActionSignInFailed),
			SubjectID: one("anna", "bob", "carl", "zoë"), OrganizationID: one("acme", "bond"),
			Address: one("", "10.0.0.1", "10.0.7.1", "192.0.2.1", "2001:db8::1", "2001:db8:1::1"), Detail: map[string]string{},
		}
		e.SubjectName = e.SubjectID + one("", ".old", ".ÄLTER")
		switch random.IntN(4) {
		case 0:
			e.ActorID, e.ActorName = e.SubjectID, e.SubjectName
		case 1:
			e.ActorID, e.ActorName = "root", "Root"
		case 2:
			e.ActorName = one("", "", "command line")
		case 3:
			e.ActorID, e.ActorName = e.OrganizationID, e.OrganizationID
		}
		events = append(events, e)
	}
	for part := range slices.Chunk(events, 50) {
		f.do(func(tx *models.Tx) error { return tx.Audit(part...) })
	}
	slices.Reverse(events)
	return events
}

// found is what a search means, event by event.
func foundEvents(f models.AuditFilter, e models.AuditEvent) bool {
	seen := f.OrganizationID == "" || e.ActorID == "" || e.ActorID == f.OrganizationID || e.ActorID == e.SubjectID
	address, err := netip.ParseAddr(e.Address)
	for word := range strings.FieldsSeq(f.Search) {
		has := strings.Contains
		if len([]rune(word)) < 3 {
			has = strings.HasPrefix
		}
		if !has(names.Search(e.ActorName), word) && !has(names.Search(e.SubjectName), word) && (!seen || !has(e.Address, word)) {
			return false
		}
	}
	actor := f.Actors == nil || slices.ContainsFunc(f.Actors, func(a models.AuditActor) bool {
		return a.ID == e.ActorID && (a.ID != "" || a.Name == e.ActorName)
	})
	return actor && (f.OrganizationID == "" || e.OrganizationID == f.OrganizationID) && (f.Action == "" || e.Action == f.Action) &&
		(f.SubjectID == "" || e.SubjectID == f.SubjectID) && (f.Targets == nil || slices.Contains(f.Targets, e.SubjectID)) &&
		(!f.Network.IsValid() || err == nil && seen && f.Network.Contains(address)) && e.ID >= f.From && (f.To == "" || e.ID < f.To)
}

// anyFilter makes a filter of some of the values of crowd, and of others.
func anyFilter(random *rand.Rand, events []models.AuditEvent) (f models.AuditFilter) {
	maybe := func(texts ...string) string {
		if random.IntN(3) > 0 {
			return ""
		}
		return texts[random.IntN(len(texts))]
	}
	f = models.AuditFilter{
		OrganizationID: maybe("acme", "bond"), Action: maybe("edited", "moved", "never"), SubjectID: maybe("anna", "zoë", "none"), Limit: 1 + random.IntN(9),
		Search: names.Search(maybe("anna", "ZOË", "älter", "ROOT", "10.0.7", "10", "an", "zo", "qq", "qqq", "anna älter", "command", "192.0.2.1 root", "%", "a_c", "2001:db8", "e", "anna.old root", "ann\"a", "_l_e_")),
	}
	if text := maybe("10.0.0.1/32", "192.0.2.1/32", "10.0.0.0/8", "2001:db8::/32", "2001:db8::1/128", "0.0.0.0/0", "::/0", "10.0.0.0/21", "198.51.100.0/24"); text != "" {
		f.Network = netip.MustParsePrefix(text)
	}
	switch random.IntN(6) {
	case 0:
		f.Actors = []models.AuditActor{{ID: "root"}}
	case 1:
		f.Actors = []models.AuditActor{{ID: "anna"}, {ID: "acme"}, {Name: "command line"}}
	case 2:
		f.Actors = [][]models.AuditActor{{}, {{Name: "command line"}}, {{ID: "none"}}}[random.IntN(3)]
	}
	switch random.IntN(8) {
	case 0:
		f.Targets = []string{"bob", "zoë"}
	case 1:
		f.Targets = []string{}
	}
	if random.IntN(4) == 0 {
		f.From, f.To = events[len(events)*3/4].ID, events[len(events)/4].ID
	}
	return f
}

// pages follows the links of a search, backwards from the last page if back is set.
func (f *fixture) pages(filter models.AuditFilter, back bool) (ids []string) {
	f.Helper()
	if back {
		filter.Before = "0"
	}
	for range 10_000 {
		page := must(f.read().SearchAudit(filter))(f)
		if len(page.Rows) > filter.Limit || page.ReadTo != "" && !page.More {
			f.Fatalf("%+v: a page of %d", filter, len(page.Rows))
		}
		rows := page.Rows
		if back {
			slices.Reverse(rows)
		}
		for _, row := range rows {
			ids = append(ids, row.ID)
		}
		if !page.More {
			return ids
		}
		next := page.ReadTo
		if next == "" {
			next = rows[len(rows)-1].ID
		}
		if back {
			filter.Before = next
		} else {
			filter.After = next
		}
	}
	f.Fatalf("%+v does not end", filter)
	return nil
}

// TestAuditSearchFindsWhatMatches: with any filters, the pages together are the events that match, each once and in order; also if pages
// end early, and while the texts of events are not yet known.
func TestAuditSearchFindsWhatMatches(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		events := crowd(f, 300)
		random := rand.New(rand.NewPCG(1, 2)) // the same each time
		check := func(tries int) {
			t.Helper()
			for range tries {
				filter := anyFilter(random, events)
				var want []string
				for _, e := range events {
					if foundEvents(filter, e) {
						want = append(want, e.ID)
					}
				}
				back := random.IntN(2) == 0
				if back {
					slices.Reverse(want)
				}
				if random.IntN(2) == 0 {
					filter = filter.WithTightBounds()
				}
				if got := f.pages(filter, back); !slices.Equal(got, want) {
					t.Errorf("%+v, backwards %v: found %d, want %d", filter, back, len(got), len(want))
				}
			}
		}
		check(200)
		f.Exec(t, "DELETE FROM audit_texts")
		f.Exec(t, "UPDATE audit_fills SET filled_to = 'g', done = FALSE")
		check(50)
		for more := true; more; {
			f.do(func(tx *models.Tx) (err error) {
				more, err = tx.FillAuditTexts()
				return err
			})
		}
		check(100)
	})
}

// TestAuditTextsFollowTheEvents: names and addresses are known as long as an event has them.
func TestAuditTextsFollowTheEvents(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		events := crowd(f, 120)
		if n := f.Count(t, "SELECT count(*) FROM audit_texts WHERE ref = 'zoë'"); n != 3 {
			t.Errorf("zoë is known by %d names", n)
		}
		var ids []string
		for _, e := range events {
			if e.SubjectID == "zoë" {
				ids = append(ids, e.ID)
			}
		}
		f.do(func(tx *models.Tx) error { return tx.DeleteEvents(ids[1:]) })
		if n := f.Count(t, "SELECT count(*) FROM audit_texts WHERE ref = 'zoë'"); n == 0 {
			t.Error("zoë is forgotten, though one event is left")
		}
		f.do(func(tx *models.Tx) error { return tx.DeleteEvents(ids) })
		if n := f.Count(t, "SELECT count(*) FROM audit_texts WHERE ref = 'zoë'"); n != 0 {
			t.Errorf("zoë is known by %d names after all", n)
		}
		f.do(func(tx *models.Tx) error { _, err := tx.DeleteAudit(base.AddDate(1, 0, 0), 1000); return err })
		if n := f.Count(t, "SELECT count(*) FROM audit_texts WHERE ref <> ''"); n != 0 {
			t.Errorf("%d texts are left", n)
		}
	})
}

// TestAuditNames: a name means each account that has or had it, by names.Fold.
func TestAuditNames(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		crowd(f, 200)
		for name, want := range map[string]string{
			"ANNA": "anna/anna", "zoë.älter": "zoë/zoë.ÄLTER", "Command Line": "/command line", "an": "", "nobody": "", "10.0.0.1": "", "Root": "root/Root",
		} {
			var got []string
			for _, actor := range must(f.read().AuditNamed(name))(t) {
				got = append(got, actor.ID+"/"+actor.Name)
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s: %v, want %s", name, got, want)
			}
		}
	})
}

// searches are filters with the index that serves them, also if it is not the one that statistics recommend.
var searches = map[string]struct {
	filter models.AuditFilter
	index  string
}{
	"actor":              {models.AuditFilter{Actors: []models.AuditActor{{ID: "a7"}}}, "audit_events_by_actor"},
	"actor and event":    {models.AuditFilter{Actors: []models.AuditActor{{ID: "a7"}}, Action: "edited"}, "audit_events_by_actor_action"},
	"command line":       {models.AuditFilter{Actors: []models.AuditActor{{Name: "command line"}}}, "audit_events_by_actor_name"},
	"target":             {models.AuditFilter{Targets: []string{"a7"}}, "audit_events_by_subject"},
	"target and event":   {models.AuditFilter{Targets: []string{"a7"}, Action: "edited"}, "audit_events_by_subject_action"},
	"address":            {models.AuditFilter{Network: netip.MustParsePrefix("10.0.0.1/32")}, "audit_events_by_address"},
	"event":              {models.AuditFilter{Action: "edited"}, "audit_events_by_action"},
	"tenant":             {models.AuditFilter{OrganizationID: "o"}, "audit_events_by_organization"},
	"tenant and actor":   {models.AuditFilter{OrganizationID: "o", Actors: []models.AuditActor{{ID: "a7"}}}, "audit_events_by_organization_actor"},
	"tenant and target":  {models.AuditFilter{OrganizationID: "o", Targets: []string{"a7"}}, "audit_events_by_organization_subject"},
	"tenant and address": {models.AuditFilter{OrganizationID: "o", Network: netip.MustParsePrefix("10.0.0.1/32")}, "audit_events_by_organization_address"},
	"tenant and event":   {models.AuditFilter{OrganizationID: "o", Action: "edited"}, "audit_events_by_organization_action"},
}

func search(filter models.AuditFilter) func(*models.Tx) error {
	filter.Limit = 50
	return func(tx *models.Tx) error { _, err := tx.SearchAudit(filter); return err }
}

// TestAuditSearchesUseAnIndex: each filter reads a range of an index, in its order.
func TestAuditSearchesUseAnIndex(t *testing.T) {
	f := &fixture{TB: t, Database: testdb.SQLite(t)}
	for name, test := range searches {
		plan := f.plan(search(test.filter))
		if !strings.Contains(plan, " INDEX "+test.index+" (") || strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "SCAN audit_events") {
			t.Errorf("%s: %s is not used:\n%s", name, test.index, plan)
		}
	}
	for name, filter := range map[string]models.AuditFilter{
		"words": {Search: "abc de"}, "words of a tenant": {Search: "abc", OrganizationID: "o"}, "network": {Network: netip.MustParsePrefix("10.0.0.0/8")},
		"network of a tenant": {Network: netip.MustParsePrefix("10.0.0.0/8"), OrganizationID: "o"},
		"all":                 {Search: "abc", Network: netip.MustParsePrefix("10.0.0.0/8"), Action: "edited", Targets: []string{"a"}, SubjectID: "b", From: "0", To: "1"},
	} {
		if plan := f.plan(search(filter)); strings.Contains(plan, "SCAN audit_events\n") || strings.Contains(plan, "SCAN audit_texts\n") {
			t.Errorf("%s: a whole table is read:\n%s", name, plan)
		}
	}
	if plan := f.plan(search(models.AuditFilter{Search: "a_b_c"})); !strings.Contains(plan, "audit_text_search VIRTUAL TABLE INDEX 0:M") {
		t.Errorf("the index of texts is read from end to end:\n%s", plan)
	}
}

// TestPostgresAuditSearchesUseAnIndex: the same where PostgreSQL has many events, and most are of one actor, target, address and tenant.
func TestPostgresAuditSearchesUseAnIndex(t *testing.T) {
	f := &fixture{TB: t, Database: testdb.PostgresDB(t)}
	const many = `INSERT INTO audit_events (id, at, action, actor_id, actor_name, subject_id, subject_name, organization_id, detail,
		address, request_id) SELECT lpad(n::text, 9, '0'), now(), CASE WHEN n % 3 = 0 THEN 'edited' ELSE 'sign-in-failed' END,
		CASE n % 100 WHEN 0 THEN '' WHEN 1 THEN 'b' || n ELSE 'a7' END, CASE n % 100 WHEN 0 THEN 'command line' ELSE 'x' END,
		CASE WHEN n % 4 = 0 THEN 'a' || n ELSE 'a7' END, '', CASE WHEN n % 9 = 0 THEN 'p' ELSE 'o' END, '{}', '10.0.0.1', '' FROM generate_series(1, 20000) n`
	for _, statement := range []string{many, "ANALYZE"} {
		f.Exec(t, statement)
	}
	for name, test := range searches {
		plan := f.plan(search(test.filter))
		if !strings.Contains(plan, " "+test.index+" ") || strings.Contains(plan, "Sort ") || strings.Contains(plan, "Seq Scan on audit_events") {
			t.Errorf("%s: %s is not used:\n%s", name, test.index, plan)
		}
	}
}

// TestTimeOfAnID: an id has the time of its row, to the millisecond.
func TestTimeOfAnID(t *testing.T) {
	at := base.Add(123 * time.Millisecond)
	if got := models.TimeOfID(models.FirstID(at)); !got.Equal(at) || !models.TimeOfID("x").IsZero() {
		t.Errorf("got %v", got)
	}
}
