package samples

import (
	"net/http"
	"net/url"
	"time"
)

// Sample is a page in a state: the answer to the last of its requests in a world.
type Sample struct {
	Slug        string // its name in an address
	Page, State string // for developers
	World       World
	As          string // name of the signed-in account; "" = none
	Pending     bool   // its session may only open the reset page
	Requests    []Request
}

// Request is one request of a browser. The last one of a sample answers the page.
type Request struct {
	Method    string
	Path      string // "" = the next page of the list
	Form      url.Values
	Host      string        // "" = that of the base URL; "-" = none
	As        string        // another account than the sample's
	NoSession bool          // the session has ended
	Before    time.Duration // how long before the others it is sent
	Follow    bool          // goes where the answer redirects to
}

// nextPage opens the next page of the list that was answered before.
var nextPage = Request{Method: http.MethodGet}

func get(path string) Request { return Request{Method: http.MethodGet, Path: path} }

// post returns a request with a form of names and values in pairs.
func post(path string, form ...string) Request {
	values := url.Values{}
	for i := 0; i+1 < len(form); i += 2 {
		values.Add(form[i], form[i+1])
	}
	return Request{Method: http.MethodPost, Path: path, Form: values}
}

// follow is post that follows the redirect.
func follow(path string, form ...string) Request {
	request := post(path, form...)
	request.Follow = true
	return request
}

// group makes the samples of a page.
type group struct {
	page string
	all  []Sample
}

// add adds a state as an account sees it.
func (g *group) add(slug, state string, world World, as string, requests ...Request) {
	g.all = append(g.all, Sample{Slug: slug, Page: g.page, State: state, World: world, As: as, Requests: requests})
}

// pending adds a state of an account whose session may only open the reset page.
func (g *group) pending(slug, state string, world World, as string, requests ...Request) {
	g.add(slug, state, world, as, requests...)
	g.all[len(g.all)-1].Pending = true
}

// All returns all samples, grouped by page.
func All() (all []Sample) {
	for _, add := range []func(*group){
		signIn, setUp, reset, ownPassword, me, overview, accountList, account, newAccount, issued, policy, policyVersion, policyPreview,
		mailList, mail, mailTemplates, mailTemplate, auditLog, unknownHost,
	} {
		g := &group{}
		add(g)
		all = append(all, g.all...)
	}
	return all
}
