package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"latchkey/models"
	"latchkey/password"
	"latchkey/views"
)

// longestPreview is the limit of the preview of a policy in milliseconds.
const longestPreview = 1000

// The bounds of how often a page is requested, besides the plan's.
const (
	longestPage  = 12 * time.Second
	mostPreviews = 60
)

func (b *bench) measurePages() {
	b.onEach(func(s *site) {
		var middle models.AccountCursor
		s.must(s.db.Raw(s).QueryRowContext(s.ctx, `SELECT name_key, id FROM accounts ORDER BY name_key, id
			LIMIT 1 OFFSET (SELECT COUNT(*) / 2 FROM accounts)`).Scan(&middle.Name, &middle.ID))
		place, err := json.Marshal(middle)
		s.must(err)
		list := func(key, value string) string { return views.AccountsURL + "?" + url.Values{key: {value}}.Encode() }
		type page struct{ name, path string }
		pages := []page{
			{"first page", views.AccountsURL}, {"half-way through", list("after", base64.RawURLEncoding.EncodeToString(place))},
			{"search with many hits", list("q", frequentSearch)}, {"search for one name", list("q", middle.Name)},
		}
		for _, state := range models.States() {
			pages = append(pages, page{"state " + string(state), list("state", string(state))})
		}
		pages = append(pages, page{"overview", views.HomeURL}, page{"one account", views.AccountURL(middle.ID)})
		s.serve(func(p *process) {
			admin := p.asAdmin(1)
			defer admin.close()
			for _, page := range pages {
				took, body := s.request(admin, s.requests, http.MethodGet, page.path, nil)
				s.add(page.name, s.engine, spread(took), limit{}, fmt.Sprintf("%d rows, %s KB, %d times",
					bytes.Count(body, []byte("data-id=")), number(float64(len(body))/1000), len(took)))
			}
		})
	})
}

// request repeats a request, and returns how many milliseconds each answer took, and the last one.
func (s *site) request(c *client, most int, method, path string, form url.Values) (took []float64, body []byte) {
	for begin := time.Now(); len(took) < most && time.Since(begin) < longestPage; {
		start := time.Now()
		_, content, err := c.do(s.ctx, http.StatusOK, method, path, form)
		took, body = append(took, milliseconds(time.Since(start))), content
		s.must(err)
	}
	return took, body
}

func (b *bench) measurePreview() {
	b.serving(func(p *process) { p.addPreviews(longestPreview) })
}

// addPreviews adds how long previews take. The slowest must not take longer than a number of milliseconds.
func (p *process) addPreviews(longest float64) {
	stricter := password.Default()
	stricter.Account.PasswordExpirationInDays, stricter.Account.EmailBeforeExpirationInDays = 30, 7
	stricter.Technical.PasswordExpirationInDays = 45
	own := stricter.Account
	own.Section, own.PasswordExpirationInDays = password.SectionSuperAdmin, 20
	stricter.SuperAdmin = &own
	admin := p.asAdmin(1)
	defer admin.close()
	for _, candidate := range []struct {
		name   string
		policy password.Policies
	}{{"a stricter policy", stricter}, {"the current policy", password.Default()}} {
		form := url.Values{"policy": {candidate.policy.File()}}
		took, body := p.request(admin, min(p.requests, mostPreviews), http.MethodPost, views.PolicyPreviewURL, form)
		if !bytes.Contains(body, []byte(`class="impact"`)) {
			p.Fatal("the preview shows no figures")
		}
		slowest := percentile(took, 1)
		p.add(candidate.name, p.engine, spread(took), atMost(slowest, longest), fmt.Sprintf("slowest %s ms, %d times", number(slowest), len(took)))
	}
}
