// Package samples lists every page in every state as requests to the real handlers on the demo's data, so that each page can
// be inspected without bringing the program into that state. The sentences are those of the program.
package samples

import (
	"net/http"
	"time"
)

// Sample is a page in a state: the answer to the last of its requests in a world.
type Sample struct {
	Slug        string // its name in an address
	Page, State string // for developers
	World       *World
	As          string // whose browser; "" = of a guest
	Requests    []Request
}

// Placeholders in requests for what came before in the sample.
const (
	Code = "{code}" // of the authenticator app whose set-up was shown last
	App  = "{app}"  // its id

	LinkOf    = "{link-of}"    // and an account's id: the token of its newest link
	ShownCode = "{shown-code}" // the emergency code that was shown last, the first of the recovery codes, or the token of the secret link
)

// Request is one request of a browser, which follows redirects. {Names} of accounts, and {states} of mails for the newest one in
// the state, stand for ids.
type Request struct {
	Method string
	URL    string        // relative to that of the program
	Form   []string      // names and values in turn
	As     string        // another browser than the sample's
	Before time.Duration // how long before the others it is sent
}

func get(url string) Request { return Request{Method: http.MethodGet, URL: url} }

func post(url string, form ...string) Request {
	return Request{Method: http.MethodPost, URL: url, Form: form}
}

// list collects samples.
type list struct {
	page string // of the next samples
	all  []Sample
}

// add adds a state of the page as a person sees it.
func (l *list) add(slug, state string, world *World, as string, requests ...Request) {
	l.all = append(l.all, Sample{Slug: slug, Page: l.page, State: state, World: world, As: as, Requests: requests})
}

// All returns all samples, grouped by page.
func All() []Sample {
	l := &list{}
	for _, add := range []func(*list){signIn, secondFactor, ownPassword, confirmIdentity, ofBrand, home, security, emergency, apiKeys, accountList, deletedAccounts, changeEmail, deleteMe, account, newAccount, secretLinks, policy, mails, audit} {
		add(l)
	}
	return l.all
}
