package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// What a first view of a page may take, with nothing in the browser's cache.
const (
	mostRequests = 6
	mostBytes    = 40 << 10 // over the wire, headers included
)

// TestWeight: pages are light, also among 2,000 organizations, come from here alone, and nothing on them moves when style and script take effect.
func TestWeight(t *testing.T) {
	testkit.Parallel(t)
	w := newOffice(t)
	w.crowd(60)
	w.manyOrganizations(2000)
	guest := w.browser()
	guest.open("/sign-in")
	loadInOrder(t, guest.Page)
	for _, width := range []int{1280, 390} {
		guest.Resize(width, 844)
		guest.weigh("/sign-in")
	}
	olga := w.browser()
	olga.enter(operator, operatorPassword)
	loadInOrder(t, olga.Page)
	for _, width := range []int{1280, 390} {
		olga.Resize(width, 844)
		for _, path := range []string{"/", "/accounts", "/accounts/" + w.idOf("customer-07"), "/accounts/new", "/password", "/policy", "/mail", "/audit", "/me"} {
			olga.weigh(path)
		}
	}
}

// weigh loads a page for the first time.
func (p person) weigh(path string) {
	p.w.t.Helper()
	requests, bytes := firstView(p.w.t, p.Page, p.w.program.base+path), 0
	if p.Status != 200 {
		p.w.t.Errorf("%s: status %d", path, p.Status)
	}
	for _, request := range requests {
		bytes += request.bytes
		if !strings.HasPrefix(request.url, p.w.program.base+"/") {
			p.w.t.Errorf("%s asks elsewhere: %s", path, request.url)
		}
	}
	shift := shiftOf(p.Page)
	p.w.t.Logf("%-14.14s %d requests, %5d bytes, of them %5d the document; shift %g", path, len(requests), bytes, requests[0].bytes, shift.Sum)
	if len(requests) > mostRequests || bytes > mostBytes {
		p.w.t.Errorf("%s takes %d requests and %d bytes, at most %d and %d are to be: %v", path, len(requests), bytes, mostRequests, mostBytes, requests)
	}
	if shift.Sum != 0 {
		p.w.t.Errorf("%s: what is on the page moves while it loads: %v", path, shift)
	}
}

// manyOrganizations creates organizations without passwords.
func (w *walker) manyOrganizations(count int) {
	w.t.Helper()
	ids, now := models.NewIDs(time.Now, nil), time.Now()
	rows, keys := make([]models.Account, count), make([][]string, count)
	for i := range rows {
		name := fmt.Sprintf("organization-%04d", i)
		rows[i] = models.Account{ID: ids.New(), Kind: models.Organization, Name: name, NameKey: name, CreatedAt: now, PasswordID: ids.New()}
		keys[i] = []string{name}
	}
	err := w.program.database().Update(context.Background(), func(tx *models.Tx) error { return tx.CreateAccounts(rows, keys) })
	if err != nil {
		w.t.Fatal(err)
	}
}
