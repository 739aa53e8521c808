package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"latchkey/accounts"
	"latchkey/models"
	"latchkey/password"
	"latchkey/views"
)

// pageLength is how many rows the page shows.
const pageLength = 50

// enough bounds the time for one list, whose number of requests then shows in the table.
const enough = 12 * time.Second

// listing is a list as people ask for it, and as the page asks the database.
type listing struct {
	name   string
	query  url.Values
	filter models.AccountFilter
}

// listings are what is asked for. The searches find a tenth of all names and a single one.
func (s *site) listings() ([]listing, error) {
	place, err := json.Marshal(s.middle)
	if err != nil {
		return nil, err
	}
	all := []listing{
		{name: "first page"},
		{name: "half-way through", query: url.Values{"after": {base64.RawURLEncoding.EncodeToString(place)}},
			filter: models.AccountFilter{After: &s.middle}},
		searching("search of a tenth of all", frequentSearch),
		searching("search of one name", s.middle.Name),
	}
	for _, state := range models.States() {
		all = append(all, listing{
			"state " + string(state), url.Values{"state": {string(state)}}, models.AccountFilter{State: state},
		})
	}
	return all, nil
}

func searching(name, text string) listing {
	return listing{name, url.Values{"q": {text}}, models.AccountFilter{Search: text}}
}

func measureAccounts(ctx context.Context, b *bench, r *report) error {
	return b.onEach(ctx, func(s *site) (err error) {
		db, err := s.database()
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		return s.with(ctx, func(p *process) error { return s.measureListings(ctx, p, db, r) })
	})
}

func (s *site) measureListings(ctx context.Context, p *process, db *models.DB, r *report) error {
	admin, err := p.asAdmin(ctx, 1)
	if err != nil {
		return err
	}
	defer admin.close()
	listings, err := s.listings()
	if err != nil {
		return err
	}
	for _, l := range listings {
		if err := s.measureListing(ctx, admin, db, l, r); err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
	}
	return s.measurePages(ctx, admin, r)
}

func (s *site) measureListing(ctx context.Context, admin *client, db *models.DB, l listing, r *report) error {
	var page, bare []float64
	var size, rows int
	for begin := time.Now(); len(page) < s.requests && time.Since(begin) < enough; {
		start := time.Now()
		answer, err := admin.get(ctx, views.AccountsURL+"?"+l.query.Encode())
		page = append(page, milliseconds(time.Since(start)))
		if err != nil {
			return err
		}
		start = time.Now()
		found, err := db.Read(ctx).ListAccounts(l.asked())
		bare = append(bare, milliseconds(time.Since(start)))
		if err != nil {
			return err
		}
		if err := agree(answer, found); err != nil {
			return err
		}
		size, rows = len(answer.body), len(found.Rows)
	}
	r.add(figure{
		name: l.name, engine: s.engine, measured: spread(page),
		note: fmt.Sprintf("query %s, %d rows, %s KB, %d times", spread(bare), rows, number(float64(size)/1000), len(page)),
	})
	return nil
}

// asked is the filter as the page asks the database now, under the built-in policy and the default settings.
func (l listing) asked() models.AccountFilter {
	f := l.filter
	f.Sort, f.Limit = models.ByName, pageLength
	f.Cutoffs = accounts.New(accounts.Options{
		Policies: password.Default(), Settings: accounts.Settings{OneTimeValid: oneTimeValid}, Now: time.Now,
	}).Cutoffs()
	return f
}

// agree makes sure that the page and the query were asked for the same.
func agree(page answer, found models.AccountPage) error {
	if err := page.want(http.StatusOK); err != nil {
		return err
	}
	if shown := bytes.Count(page.body, []byte("data-id=")); shown != len(found.Rows) {
		return fmt.Errorf("the page shows %d rows, the query found %d", shown, len(found.Rows))
	}
	for _, account := range found.Rows {
		if !bytes.Contains(page.body, []byte(account.ID)) {
			return errors.New("the page does not show what the query found: " + account.Name)
		}
	}
	return nil
}
