package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"latchkey/models"
	"latchkey/views"
)

// The limits of a large installation under load.
const (
	leastPagesSQLite   = 150 // a second
	leastPagesPostgres = 250
	slowestUnderLoad   = 500 // ms, p99
	mostUnderLoad      = 250 // MiB

	browsers     = 32 // that request page after page
	signInsEach  = 4  // a second
	createdEach  = 1  // a second
	hangAfter    = 30 * time.Second
	sampledEvery = 200 * time.Millisecond
)

// answers are how long answers of several kinds took in milliseconds, collected by many goroutines.
type answers struct {
	mu     sync.Mutex
	took   map[string][]float64
	failed []error
}

// time runs a request and notes how long it took, or that it failed.
func (a *answers) time(ctx context.Context, kind string, request func() error) {
	start := time.Now()
	err := request()
	took := milliseconds(time.Since(start))
	if ctx.Err() != nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err != nil {
		a.failed = append(a.failed, fmt.Errorf("%s: %w", kind, err))
		return
	}
	if a.took == nil {
		a.took = map[string][]float64{}
	}
	a.took[kind] = append(a.took[kind], took)
}

// all returns the times of all kinds.
func (a *answers) all() (took []float64) {
	for _, some := range a.took {
		took = append(took, some...)
	}
	return took
}

// measureLoad measures how many pages a large installation shows while people sign in and accounts are created.
func (b *bench) measureLoad() {
	for _, engine := range b.engines {
		s := b.newCrowdSite(engine, b.crowd)
		visits := s.visits()
		s.serve(func(p *process) { p.load(visits) })
	}
}

func (p *process) load(visits []visit) {
	m := p.measured(p.operators(browsers), visits, 0, func(ctx context.Context, seen *answers) {
		p.createSteadily(ctx, createdEach, seen)
	}, func(ctx context.Context, seen *answers) {
		p.signInSteadily(ctx, signInsEach, seen)
	})
	all := m.pages.all()
	least := map[models.Engine]float64{models.SQLite: leastPagesSQLite, models.Postgres: leastPagesPostgres}[p.engine]
	rate, peak := float64(len(all))/p.under.Seconds(), p.memory("VmHWM")
	p.add("pages", p.engine, number(rate)+" /s", atLeast(rate, least), fmt.Sprintf("%d browsing without pauses for %s", browsers, p.under))
	p.add("pages, p50 / p99", p.engine, spread(all), atMost(percentile(all, 0.99), slowestUnderLoad), "")
	p.addKinds("  ", &m.pages)
	p.addOthers(m, atMost(peak, mostUnderLoad))
}

// measurement is what was seen under load.
type measurement struct {
	pages, others answers
	log           float64 // MiB, the largest size of SQLite's write-ahead log
}

// measured lets operators browse while others do something steadily, until the time is over.
func (p *process) measured(operators []*client, visits []visit, pause time.Duration, steadily ...func(context.Context, *answers)) *measurement {
	ctx, cancel := context.WithTimeout(p.ctx, p.under)
	defer cancel()
	m := &measurement{}
	var group sync.WaitGroup
	for i, operator := range operators {
		group.Go(func() { browse(ctx, operator, visits, uint64(i), pause, &m.pages) })
	}
	for _, do := range steadily {
		group.Go(func() { do(ctx, &m.others) })
	}
	m.log = p.longestLog(ctx)
	group.Wait()
	return m
}

// addOthers adds what was seen besides pages, with the limit of the most memory that the process has had.
func (p *process) addOthers(m *measurement, memory limit) {
	p.addKinds("", &m.others)
	p.errors(&m.pages, &m.others)
	p.add("peak memory", p.engine, number(p.memory("VmHWM"))+" MiB", memory, "")
	if p.engine == models.SQLite {
		p.add("largest write-ahead log", p.engine, number(m.log)+" MiB", atMost(m.log, mostLog), "")
	}
}

// addKinds adds the answers of each kind.
func (p *process) addKinds(indent string, a *answers) {
	for _, kind := range slices.Sorted(maps.Keys(a.took)) {
		p.add(indent+kind, p.engine, spread(a.took[kind]), limit{}, fmt.Sprintf("%d times", len(a.took[kind])))
	}
}

// errors adds how many requests failed, of which there should be none.
func (p *process) errors(all ...*answers) {
	var failed []error
	for _, a := range all {
		failed = append(failed, a.failed...)
	}
	note := ""
	if len(failed) > 0 {
		note = fmt.Sprintf("%.200s", failed[0])
	}
	p.add("errors", p.engine, fmt.Sprint(len(failed)), limit{"0", len(failed) > 0}, note)
}

// visit is a kind of page, one of whose paths is requested with a share of all requests.
type visit struct {
	kind  string
	share int // in a hundred
	paths []string
}

// visits are what operators look at, and how often.
func (s *site) visits() []visit {
	f := s.facts()
	var following, accounts []string
	rows, err := s.db.Raw(s).QueryContext(s.ctx, `SELECT name_key, id FROM accounts WHERE kind = 'customer' AND substr(id, 36) = '7' ORDER BY id LIMIT 1000`)
	s.must(err)
	defer rows.Close()
	for rows.Next() {
		var at models.AccountCursor
		s.must(rows.Scan(&at.Name, &at.ID))
		following = append(following, views.AccountsURL+"?"+values("after", place(s, at)))
		accounts = append(accounts, views.AccountURL(at.ID))
	}
	s.must(rows.Err())
	lists := func(key string, texts ...string) (paths []string) {
		for _, text := range texts {
			paths = append(paths, views.AccountsURL+"?"+values(key, text))
		}
		return paths
	}
	states := make([]string, 0, len(models.States()))
	for _, state := range models.States() {
		states = append(states, string(state))
	}
	return []visit{
		{"first page", 25, []string{views.AccountsURL}},
		{"next page", 20, following},
		{"account", 15, accounts},
		{"search", 12, lists("q", f.name, rarerID, absentText, "zoe.", rareName, "bauer", f.organization, commonText, "zoe "+rareName)},
		{"state", 8, lists("state", states...)},
		{"overview", 8, []string{views.HomeURL}},
		{"audit log", 6, []string{views.AuditURL, views.AuditURL + "?" + values("action", "sign-in-failed"), views.AuditURL + "?" + values("account", f.customer)}},
		{"mails", 3, []string{views.MailURL, views.MailURL + "?" + values("state", "failed")}},
		{"policy", 3, []string{views.PolicyURL}},
	}
}

// operators returns clients that are signed in as the SuperAdmin, each with a session of its own.
func (p *process) operators(count int) (all []*client) {
	for range count {
		c := p.asAdmin(1)
		c.gzip = true
		all = append(all, c)
	}
	return all
}

// browse requests pages one after the other until the time is over, with pauses of up to a length.
func browse(ctx context.Context, c *client, visits []visit, seed uint64, pause time.Duration, seen *answers) {
	defer c.close()
	random := rand.New(rand.NewPCG(2, seed))
	for ; ctx.Err() == nil; time.Sleep(time.Duration(random.Float64() * float64(pause))) {
		visit, at := visits[0], random.IntN(100)
		for _, visit = range visits {
			if at -= visit.share; at < 0 {
				break
			}
		}
		path := visit.paths[random.IntN(len(visit.paths))]
		seen.time(ctx, visit.kind, func() error { return c.get(ctx, path) })
	}
}

// steadily starts something so many times a second, whether the former ones have ended or not, and waits for all.
func steadily(ctx context.Context, each int, do func(ctx context.Context, i int)) {
	ticker := time.NewTicker(time.Second / time.Duration(each))
	defer ticker.Stop()
	var group errgroup.Group
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			_ = group.Wait()
			return
		case <-ticker.C:
			group.Go(func() error {
				ctx, cancel := context.WithTimeout(ctx, hangAfter)
				defer cancel()
				do(ctx, i)
				return nil
			})
		}
	}
}

func (p *process) signInSteadily(ctx context.Context, each int, seen *answers) {
	c := p.client(customers)
	defer c.close()
	steadily(ctx, each, func(ctx context.Context, i int) {
		seen.time(ctx, "sign-in", func() error {
			_, err := c.signIn(ctx, customerName(i%customers))
			return err
		})
	})
}

func (p *process) createSteadily(ctx context.Context, each int, seen *answers) {
	c := p.asAdmin(browsers)
	defer c.close()
	run := time.Now().UnixNano()
	steadily(ctx, each, func(ctx context.Context, i int) {
		name := fmt.Sprintf("loaded.%d.%d", run, i)
		form := url.Values{
			"kind": {string(models.Customer)}, "name": {name}, "email": {name + "@example.org"}, "password_mode": {"generated"}, "one_time": {"true"},
			"organization": {models.DefaultOrganizationID},
		}
		seen.time(ctx, "creation", func() error {
			_, _, err := c.do(ctx, http.StatusOK, http.MethodPost, views.AccountsURL, form)
			return err
		})
	})
}

// longestLog returns the largest size of SQLite's write-ahead log in MiB until the time is over.
func (s *site) longestLog(ctx context.Context) (largest float64) {
	for ; ctx.Err() == nil; time.Sleep(sampledEvery) {
		if info, err := os.Stat(strings.TrimSuffix(s.db.Address, ".db") + ".db-wal"); err == nil {
			largest = max(largest, float64(info.Size())/(1<<20))
		}
	}
	return largest
}
