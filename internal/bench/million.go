package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"latchkey/internal/testdb"
	"latchkey/models"
	"latchkey/views"
)

// The limits of pages in milliseconds, and of how much longer they take than among [fewAccounts].
const (
	longestMedian = 5
	longest99th   = 25
	mostGrowth    = 1.5

	fewAccounts = 10_000

	slowestLargeStart = 100  // ms
	mostBrowsed       = 150  // MiB, after every page was shown
	longestOfMany     = 2000 // ms, of a preview
)

// measureMillion measures pages among few accounts and among many.
func (b *bench) measureMillion() {
	for _, engine := range b.engines {
		few, many := b.newCrowdSite(engine, fewAccounts), b.newCrowdSite(engine, b.crowd)
		before := map[string]float64{}
		few.eachPage(func(page millionPage, took []float64, _ []byte) { before[page.name] = median(took) })
		many.eachPage(func(page millionPage, took []float64, body []byte) {
			p50, p99 := median(took), percentile(took, 0.99)
			growth := p50 / before[page.name]
			within := limit{fmt.Sprintf("≤ %d/%d, × %.1f", longestMedian, longest99th, mostGrowth), p50 > longestMedian || p99 > longest99th || growth > mostGrowth}
			note := fmt.Sprintf("× %s, %s KB", number(growth), number(float64(len(body))/1000))
			if page.bare != nil {
				note += ", the query " + number(median(many.bare(page.bare))) + " ms"
			}
			many.add(page.name, engine, spread(took), within, note)
		})
		many.serve(func(p *process) { p.addPreviews(longestOfMany) })
		many.measureProcess()
	}
}

// measureProcess measures how fast the program starts, and the memory of a process that has shown nothing, and many pages.
func (s *site) measureProcess() {
	var ready []float64
	for range s.starts {
		s.serve(func(p *process) { ready = append(ready, milliseconds(p.ready)) })
	}
	s.add("start to first answer", s.engine, number(median(ready))+" ms", atMost(median(ready), slowestLargeStart), fmt.Sprintf("median of %d starts", len(ready)))
	visits := s.visits()
	s.serve(func(p *process) {
		time.Sleep(p.idle)
		idle := p.memory("VmRSS")
		p.add("memory at rest", p.engine, number(idle)+" MiB", atMost(idle, mostIdle), fmt.Sprintf("after %s", p.idle))
		admin := p.asAdmin(1)
		admin.gzip = true
		ctx, cancel := context.WithTimeout(p.ctx, p.under/10)
		defer cancel()
		var seen answers
		browse(ctx, admin, visits, 1, 0, &seen)
		browsed := p.memory("VmRSS")
		p.add("memory after browsing", p.engine, number(browsed)+" MiB", atMost(browsed, mostBrowsed), fmt.Sprintf("for %s", p.under/10))
		p.errors(&seen)
	})
}

// newCrowdSite returns an installation with a crowd. With a directory to keep it in, a former run's is used again: the SQLite file, or the
// database of that number in the server of [testdb.PostgresEnv].
func (b *bench) newCrowdSite(engine models.Engine, accounts int) *site {
	s, filled := b.crowdDatabase(engine, accounts)
	s.build()
	if !filled {
		start := time.Now()
		s.createUsers()
		s.withoutIndexes(func() { s.fillCrowd(accounts) })
		fmt.Fprintf(b.notes, "  … %d accounts on %s took %s\n", accounts, engine, time.Since(start).Round(time.Second))
	}
	return s
}

func (b *bench) crowdDatabase(engine models.Engine, accounts int) (s *site, filled bool) {
	if b.keep == "" {
		return b.newSite(engine), false
	}
	name := fmt.Sprintf("latchkey_bench_%d", accounts)
	dir := filepath.Join(b.keep, string(engine)+"-"+name)
	b.must(os.MkdirAll(dir, 0o700))
	address, open := filepath.Join(dir, "latchkey.db"), models.OpenSQLite
	if engine == models.Postgres {
		address, open = testdb.NamedPostgres(b, name), models.OpenPostgres
	}
	db, err := open(address)
	b.must(err)
	b.Cleanup(func() { _ = db.Close() })
	_, err = db.Migrate(b.ctx)
	b.must(err)
	s = &site{bench: b, engine: engine, db: testdb.Database{DB: db, Address: address}, dir: dir}
	var count int
	s.must(s.db.Raw(s).QueryRowContext(s.ctx, "SELECT count(*) FROM (SELECT 1 FROM accounts LIMIT 1000) AS found").Scan(&count))
	return s, count == 1000
}

// millionPage is a page that is measured.
type millionPage struct {
	name, path string
	as         string                 // who requests it; "" = the SuperAdmin
	bare       func(*models.Tx) error // its main query; nil = there is none
}

// eachPage requests each page many times.
func (s *site) eachPage(visit func(page millionPage, took []float64, body []byte)) {
	pages, users := s.millionPages()
	s.serve(func(p *process) {
		clients := map[string]*client{}
		for _, user := range users {
			clients[user] = p.client(1)
			cookie, err := clients[user].signIn(p.ctx, user)
			p.must(err)
			clients[user].cookie, clients[user].gzip = cookie, true
			defer clients[user].close()
		}
		for _, page := range pages {
			s.request(clients[page.as], 3, http.MethodGet, page.path, nil) // which fills the caches
			took, body := s.request(clients[page.as], s.requests, http.MethodGet, page.path, nil)
			visit(page, took, body)
		}
	})
}

// bare measures a query.
func (s *site) bare(query func(*models.Tx) error) (took []float64) {
	for begin := time.Now(); len(took) < s.requests && time.Since(begin) < longestPage/4; {
		start := time.Now()
		s.must(query(s.db.Read(s.ctx)))
		took = append(took, milliseconds(time.Since(start)))
	}
	return took
}

// crowdFacts are what the pages are made of.
type crowdFacts struct {
	middle, last   models.AccountCursor
	largest, small string // ids of organizations
	customer       string // its id
	name           string // of that customer
	organization   string // the name of the largest one
	cutoffs        models.Cutoffs
	event, mail    string // ids in the middle
	day            string // of that event
}

func (s *site) facts() (f crowdFacts) {
	scan := func(query string, to ...any) { s.must(s.db.Raw(s).QueryRowContext(s.ctx, query).Scan(to...)) }
	scan(`SELECT name_key, id FROM accounts ORDER BY name_key, id LIMIT 1 OFFSET (SELECT count(*) / 2 FROM accounts)`, &f.middle.Name, &f.middle.ID)
	scan(`SELECT name_key, id FROM accounts ORDER BY name_key DESC, id DESC LIMIT 1 OFFSET 50`, &f.last.Name, &f.last.ID)
	scan(`SELECT organization_id FROM accounts WHERE organization_id IS NOT NULL GROUP BY organization_id ORDER BY count(*) DESC LIMIT 1`, &f.largest)
	scan(`SELECT organization_id FROM accounts WHERE organization_id IS NOT NULL GROUP BY organization_id ORDER BY count(*), organization_id LIMIT 1`, &f.small)
	scan(`SELECT id, name FROM accounts WHERE kind = 'customer' AND NOT technical AND display_name <> '' ORDER BY id LIMIT 1 OFFSET 2000`, &f.customer, &f.name)
	scan(`SELECT id FROM audit_events ORDER BY id LIMIT 1 OFFSET (SELECT count(*) / 2 FROM audit_events)`, &f.event)
	f.day = models.TimeOfID(f.event).Format(time.DateOnly)
	scan(`SELECT id FROM mails ORDER BY id LIMIT 1 OFFSET (SELECT count(*) / 2 FROM mails)`, &f.mail)
	scan(`SELECT name FROM accounts WHERE id = '`+f.largest+`'`, &f.organization)
	now := time.Now().UTC()
	f.cutoffs = models.Cutoffs{
		Now: now, Today: now.Format(time.DateOnly), OneTime: now.AddDate(0, 0, -7), OneTimeDay: now.AddDate(0, 0, -7).Format(time.DateOnly),
		Account: now.AddDate(0, 0, -64), Technical: now.AddDate(0, 0, -64), SuperAdmin: now.AddDate(0, 0, -64),
	}
	return f
}

// millionPages returns the pages, and the names of those who request them.
func (s *site) millionPages() (pages []millionPage, users []string) {
	f := s.facts()
	largest, small := s.asOperator(f.largest), s.asOperator(f.small)
	list := func(pairs ...string) string { return views.AccountsURL + "?" + values(pairs...) }
	query := func(filter models.AccountFilter) func(*models.Tx) error {
		filter.Limit, filter.Cutoffs = 51, f.cutoffs
		return func(tx *models.Tx) error { _, err := tx.ListAccounts(filter); return err }
	}
	add := func(name, path string, bare func(*models.Tx) error) {
		pages = append(pages, millionPage{name, path, adminName, bare})
	}
	add("first page", views.AccountsURL, query(models.AccountFilter{}))
	add("half-way through", list("after", place(s, f.middle)), query(models.AccountFilter{After: &f.middle}))
	add("last page", list("after", place(s, f.last)), query(models.AccountFilter{After: &f.last}))
	end := &models.AccountCursor{End: true}
	for _, sort := range models.AccountSorts() {
		add("sort "+string(sort), list("sort", string(sort)), query(models.AccountFilter{Sort: sort}))
		add("sort "+string(sort)+", last page", list("sort", string(sort), "before", "end"), query(models.AccountFilter{Sort: sort, Before: end}))
	}
	for _, state := range models.States() {
		add("state "+string(state), list("state", string(state)), query(models.AccountFilter{State: state}))
		add("state "+string(state)+", expires", list("state", string(state), "sort", "expires"), query(models.AccountFilter{State: state, Sort: models.ByExpiration}))
	}
	add("blocked until", list("state", "blacklisted", "sort", "-blocked-until"),
		query(models.AccountFilter{State: models.Blacklisted, Sort: models.ByBlockEnd.Reversed()}))
	for _, kind := range []string{"superadmin", "organization", "customer", "technical"} {
		add("kind "+kind, list("kind", kind), nil)
	}
	for _, factor := range []string{"none", "passkey"} {
		add("factor "+factor, list("factor", factor), nil)
	}
	for _, days := range []string{"7", "30", "90"} {
		add("expiring "+days, list("expiring", days), nil)
	}
	add("link sent", list("link", "sent"), nil)
	add("technical and blocked", list("kind", "technical", "state", "blacklisted"), nil)
	add("blocked by age", list("state", "blacklisted", "sort", "password-age"), nil)
	add("expired, newest", list("state", "expired", "sort", "newest"), nil)
	for _, sort := range models.AccountSorts() {
		add("largest organization, "+string(sort), list("organization", f.largest, "sort", string(sort)), query(models.AccountFilter{OrganizationID: f.largest, Sort: sort}))
	}
	add("largest organization", list("organization", f.largest), query(models.AccountFilter{OrganizationID: f.largest}))
	add("smallest organization", list("organization", f.small), query(models.AccountFilter{OrganizationID: f.small}))
	for _, search := range []struct{ name, text string }{
		{"no hit", absentText}, {"one hit", f.name}, {"10 hits", rarerID}, {"10 000 hits", rareName}, {"a first name", "zoe."},
		{"all", commonText}, {"two letters, none", absentPair}, {"two letters", "zo"}, {"one letter", "z"}, {"two words", "zoe " + rareName},
		{"an organization", f.organization}, {"an organization's word", "logistik"}, {"two words, one of an organization", rareName + " " + f.organization},
		{"an id", f.customer},
	} {
		add("search "+search.name, list("q", search.text), query(models.AccountFilter{Search: search.text}))
		add("search "+search.name+", last page", list("q", search.text, "before", "end"), query(models.AccountFilter{Search: search.text, Before: end}))
		add("search "+search.name+", blocked", list("q", search.text, "state", "blacklisted"),
			query(models.AccountFilter{Search: search.text, State: models.Blacklisted}))
		for name, id := range map[string]string{"largest": f.largest, "smallest": f.small} {
			add("search "+search.name+" of the "+name, list("q", search.text, "organization", id), query(models.AccountFilter{Search: search.text, OrganizationID: id}))
		}
	}
	add("overview", views.HomeURL, nil)
	add("account", views.AccountURL(f.customer), nil)
	add("account of an organization", views.AccountURL(f.largest), nil)
	add("new account", views.AccountsURL+"/new?kind=customer", nil)
	add("audit log", views.AuditURL, func(tx *models.Tx) error { _, err := tx.ListAudit(models.AuditFilter{Limit: 51}); return err })
	add("audit half-way", views.AuditURL+"?"+values("after", f.event), nil)
	add("audit by event", views.AuditURL+"?"+values("action", "sign-in-failed"), nil)
	add("audit by account", views.AuditURL+"?"+values("account", f.customer), nil)
	audits := []struct {
		name  string
		pairs []string
	}{
		{"actor", []string{"actor", f.largest}}, {"actor and event", []string{"actor", f.largest, "action", "moved"}}, {"name", []string{"actor", f.name}},
		{"address", []string{"ip", "10.1.7.3"}}, {"address and event", []string{"ip", "2001:db8:bad::1", "action", "signed-in"}}, {"no address", []string{"ip", "203.0.113.1"}},
		{"network", []string{"ip", "10.1.7.0/24"}}, {"large network", []string{"ip", "10.0.0.0/8"}}, {"network and event", []string{"ip", "2001:db8::/32", "action", "edited"}},
		{"days", []string{"from", f.day, "to", f.day}}, {"days and actor", []string{"from", f.day, "to", f.day, "actor", f.largest}},
		{"search no hit", []string{"q", absentText}}, {"search one hit", []string{"q", f.name}}, {"search 1 %", []string{"q", rareName}}, {"search common", []string{"q", "zoe"}},
		{"search two letters, none", []string{"q", absentPair}}, {"search and event", []string{"q", rareName, "action", "edited"}},
	}
	for _, audit := range audits {
		add("audit: "+audit.name, views.AuditURL+"?"+values(audit.pairs...), nil)
	}
	add("mails", views.MailURL, func(tx *models.Tx) error { _, err := tx.ListMails(models.MailFilter{Limit: 51}); return err })
	add("mails half-way", views.MailURL+"?"+values("after", f.mail), nil)
	add("mails failed", views.MailURL+"?"+values("state", "failed"), nil)
	add("mails failed by template", views.MailURL+"?"+values("state", "failed", "template", models.MailExpiration), nil)
	add("mails by recipient", views.MailURL+"?"+values("to", "p2000@o0.example.org"), nil)
	for _, who := range []struct{ name, as string }{{"largest", largest}, {"smallest", small}} {
		own := func(name, path string) {
			pages = append(pages, millionPage{who.name + ": " + name, path, who.as, nil})
		}
		own("list", views.AccountsURL)
		own("blocked", list("state", "blacklisted"))
		own("expired", list("state", "expired"))
		own("by password age", list("sort", "password-age"))
		own("search 1 %", list("q", rareName))
		own("search two letters", list("q", absentPair))
		own("overview", views.HomeURL)
		own("audit", views.AuditURL)
		for _, audit := range audits {
			own("audit: "+audit.name, views.AuditURL+"?"+values(audit.pairs...))
		}
	}
	return pages, []string{adminName, largest, small}
}

// asOperator gives an organization the password of those who sign in, without a second factor, and returns its name.
func (s *site) asOperator(id string) (name string) {
	s.exec(fmt.Sprintf(`UPDATE accounts SET password_hash = (SELECT password_hash FROM accounts WHERE name = '%s'), password_set_at = @0, one_time = FALSE,
		must_change = FALSE, disabled_at = NULL, blocked_at = NULL, blocked_until = NULL, valid_from = '', valid_until = '',
		has_factor = FALSE, has_app = FALSE, has_passkey = FALSE WHERE id = '%s'`, adminName, id))
	s.exec("DELETE FROM factors WHERE account_id = '" + id + "'")
	s.must(s.db.Raw(s).QueryRowContext(s.ctx, "SELECT name FROM accounts WHERE id = '"+id+"'").Scan(&name))
	return name
}

// values encodes pairs of names and values for an address.
func values(pairs ...string) string {
	all := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		all.Set(pairs[i], pairs[i+1])
	}
	return all.Encode()
}

// place encodes a place in a list as its links do.
func place(s *site, cursor models.AccountCursor) string {
	text, err := json.Marshal(cursor)
	s.must(err)
	return base64.RawURLEncoding.EncodeToString(text)
}
