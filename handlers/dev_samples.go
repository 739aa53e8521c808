package handlers

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/accounts/credential"
	"latchkey/handlers/page"
	"latchkey/models"
	"latchkey/password"
	"latchkey/views"
	"latchkey/views/samples"
)

// samplePages renders samples with the real handlers. Each world has its own database and is built on first use.
type samplePages struct {
	dir string // for the databases
	now func() time.Time

	mu     sync.Mutex
	hashes *credential.Pool
	secret string                         // the hash of the samples' password
	seeds  map[samples.Data]string        // databases as they were seeded
	worlds map[samples.World]*sampleWorld // for samples that only read
	copies int
}

// sampleWorld is the program with the database and settings of a world. Its clock is fixed.
type sampleWorld struct {
	db    *models.DB
	pages http.Handler
	base  *url.URL
	setup samples.Setup
	now   time.Time
}

// samplePage is the page of a sample in a language.
func (s *App) samplePage(ctx context.Context, sample samples.Sample, locale string) ([]byte, error) {
	s.samples.mu.Lock()
	defer s.samples.mu.Unlock()
	world, writes := s.samples.worlds[sample.World], false
	for _, request := range sample.Requests {
		writes = writes || request.Method == http.MethodPost
	}
	if world == nil || writes {
		var err error
		if world, err = s.sampleWorld(ctx, sample.World); err != nil {
			return nil, err
		}
		if writes {
			defer world.db.Close() //nolint:errcheck // a copy that nothing else uses
		} else {
			s.samples.worlds[sample.World] = world
		}
	}
	answer, err := world.run(ctx, sample, locale)
	if err != nil {
		return nil, fmt.Errorf("the sample %s: %w", sample.Slug, err)
	}
	return mailFrame.ReplaceAllFunc(answer, func(found []byte) []byte { return s.sampleFrame(found, locale) }), nil
}

// mailFrame shows a sample mail in the program's frame, since the program itself does not know that mail.
var mailFrame = regexp.MustCompile(`(<iframe[^>]* src=")(/mail/[^"]*)"`)

func (s *App) sampleFrame(found []byte, locale string) []byte {
	parts := mailFrame.FindSubmatch(found)
	template := models.MailReminder
	for _, name := range models.MailTemplates() {
		if bytes.Contains(parts[2], []byte(name)) {
			template = name
		}
	}
	src := views.DevMailHTMLURL(SampleMail{Template: template, locale: locale, number: 1}.slug())
	return append(parts[1], src+`"`...)
}

// sampleWorld builds a world on a fresh copy of its database.
func (s *App) sampleWorld(ctx context.Context, name samples.World) (*sampleWorld, error) {
	setup := name.Setup()
	path, err := s.samples.database(ctx, setup.Data)
	if err != nil {
		return nil, err
	}
	db, err := models.OpenSQLite(path)
	if err != nil {
		return nil, err
	}
	w := &sampleWorld{db: db, setup: setup, base: &url.URL{Scheme: "http", Host: "accounts.hollenbeck.example"}}
	if setup.HTTPS {
		w.base.Scheme = "https"
	}
	clock := func() time.Time { return w.now }
	service := accounts.New(accounts.Options{DB: db, Policies: setup.Policies, Hashes: s.samples.hashes, Now: clock, Settings: accounts.Settings{
		OneTimeValid: 7 * 24 * time.Hour, PasswordMinAge: setup.PasswordMinAge, SessionMax: 24 * time.Hour, SessionIdle: time.Hour, AttemptsCap: 100,
		SignInRate: 30, DeviceCookies: true, MailHost: w.base.Host, Capturing: setup.Capturing,
	}})
	if err := w.activate(ctx, service, s.samples.now()); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	w.pages = New(Options{
		Page: page.Options{
			Accounts: service, Words: s.Words, Assets: s.Assets, BaseURL: w.base, Zone: s.Zone, Help: setup.Help, Capturing: setup.Capturing, Now: clock,
		},
		Ready: s.Ready, Mails: sampleTemplates(s.Mails, setup.OwnTemplates),
	})
	return w, nil
}

// activate creates a policy version for each set of policies.
func (w *sampleWorld) activate(ctx context.Context, service *accounts.Service, now time.Time) error {
	versions := append(w.setup.Earlier, w.setup.Policies)
	for i, policies := range versions {
		w.now = now.AddDate(0, 0, -90).Add(time.Duration(i) * 40 * 24 * time.Hour)
		if err := service.Policies.Activate(ctx, policies); err != nil {
			return err
		}
	}
	if err := w.db.Update(ctx, samples.SetPolicyVersion); err != nil {
		return err
	}
	if w.setup.Elsewhere {
		other := w.setup.Policies
		other.Account.MinimumSymbols++
		next := accounts.New(accounts.Options{DB: w.db, Policies: other, Now: func() time.Time { return w.now }})
		if err := next.Policies.Activate(ctx, other); err != nil {
			return err
		}
	}
	if w.setup.Refused != nil {
		w.now = now.Add(-12 * time.Minute)
		if err := service.Policies.Reload(ctx, func() (password.Policies, error) { return password.Policies{}, password.Problems(w.setup.Refused) }); err == nil {
			return errors.New("a policy with mistakes was activated")
		}
	}
	w.now = now
	return nil
}

// database returns the path of a fresh copy of a seeded database.
func (p *samplePages) database(ctx context.Context, data samples.Data) (path string, err error) {
	if p.hashes == nil {
		params := password.Params{Memory: 8, Time: 1, Threads: 1} // these passwords protect nothing
		if p.secret, err = params.Hash(rand.Reader, samples.Secret); err != nil {
			return "", err
		}
		if p.hashes, err = credential.NewPool(params, nil); err != nil {
			return "", err
		}
	}
	seed, ok := p.seeds[data]
	if !ok {
		seed = filepath.Join(p.dir, "seed"+string(data)+".db")
		db, err := models.OpenSQLite(seed)
		if err != nil {
			return "", err
		}
		if _, err = db.Migrate(ctx); err == nil {
			err = db.Update(ctx, func(tx *models.Tx) error { return samples.Seed(tx, data, p.now(), p.secret) })
		}
		if err = errors.Join(err, db.Close()); err != nil {
			return "", err
		}
		p.seeds[data] = seed
	}
	content, err := os.ReadFile(seed) //nolint:gosec // in our own directory
	if err != nil {
		return "", err
	}
	p.copies++
	path = filepath.Join(p.dir, fmt.Sprintf("copy%d.db", p.copies))
	return path, os.WriteFile(path, content, 0o600) //nolint:gosec // in our own directory
}

// sampleTemplates returns the mail templates, built-in or with files of an operator.
func sampleTemplates(mails Mails, own bool) Mails {
	return Mails{
		Samples: func(locale string) ([]SampleMail, error) {
			all, err := mails.Samples(locale)
			for i := range all {
				if own {
					all[i].Headers = append([]views.Header{{Name: "Reply-To", Value: "Service desk <desk@hollenbeck.example>"}}, all[i].Headers...)
				}
			}
			return all, err
		},
		Files: func(locale, template string) []views.TemplateFile {
			files := mails.Files(locale, template)
			for i := range files {
				files[i].Own = ""
				if own && i%2 == 0 {
					files[i].Own = "/etc/latchkey/mails/" + files[i].Name
				}
			}
			return files
		},
	}
}

// run sends the requests of a sample and returns the last page.
func (w *sampleWorld) run(ctx context.Context, sample samples.Sample, locale string) ([]byte, error) {
	if w.setup.Forwarded {
		for range page.ProxyRequests {
			if _, err := w.send(ctx, samples.Request{Method: http.MethodGet, Path: views.SignInURL}, "", locale); err != nil {
				return nil, err
			}
		}
	}
	answer, start := &sampleAnswer{}, w.now
	defer func() { w.now = start }()
	for _, request := range sample.Requests {
		w.now = start.Add(-request.Before)
		if request.Path == "" {
			link := nextPageLink.FindSubmatch(answer.body.Bytes())
			if link == nil {
				return nil, errors.New("the list has one page only")
			}
			request.Path = html.UnescapeString(string(link[1]))
		}
		var err error
		if answer, err = w.sendAs(ctx, request, sample, locale); err != nil {
			return nil, err
		}
	}
	if answer.status >= http.StatusInternalServerError || answer.status/100 == 3 {
		return nil, fmt.Errorf("the answer is %d %s", answer.status, answer.header.Get("Location"))
	}
	return answer.body.Bytes(), nil
}

// sendAs sends a request in its session, and follows the redirect if the request asks for it.
func (w *sampleWorld) sendAs(ctx context.Context, request samples.Request, sample samples.Sample, locale string) (*sampleAnswer, error) {
	token := ""
	switch {
	case request.As != "":
		token = samples.Token(request.As, false)
	case sample.As != "" && !request.NoSession:
		token = samples.Token(sample.As, sample.Pending)
	}
	answer, err := w.send(ctx, request, token, locale)
	if err != nil || !request.Follow {
		return answer, err
	}
	for _, cookie := range (&http.Response{Header: answer.header}).Cookies() {
		if cookie.Name == "latchkey" {
			token = cookie.Value
		}
	}
	return w.send(ctx, samples.Request{Method: http.MethodGet, Path: answer.header.Get("Location")}, token, locale)
}

var nextPageLink = regexp.MustCompile(`rel="next" href="([^"]*)"`)

// send sends a request with a session token; "" = none.
func (w *sampleWorld) send(ctx context.Context, request samples.Request, token, locale string) (*sampleAnswer, error) {
	r, err := http.NewRequestWithContext(ctx, request.Method, w.base.String()+request.Path, strings.NewReader(request.Form.Encode()))
	if err != nil {
		return nil, err
	}
	r.RequestURI, r.RemoteAddr = r.URL.RequestURI(), "203.0.113.9:40000"
	switch request.Host {
	case "":
	case "-":
		r.Host = ""
	default:
		r.Host = request.Host
	}
	if w.setup.Forwarded {
		r.RemoteAddr = "10.20.0.4:40000"
		r.Header.Set(echo.HeaderXForwardedFor, "203.0.113.9")
	}
	if request.Method == http.MethodPost {
		r.Header.Set(echo.HeaderContentType, echo.MIMEApplicationForm)
	}
	r.Header.Set("Accept-Language", locale)
	r.Header.Set("User-Agent", samples.Browser)
	if token != "" {
		r.AddCookie(&http.Cookie{Name: "latchkey", Value: token}) //nolint:gosec // of a request
	}
	answer := &sampleAnswer{header: http.Header{}, status: http.StatusOK}
	w.pages.ServeHTTP(answer, r)
	return answer, nil
}

// sampleAnswer stores a response in memory.
type sampleAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *sampleAnswer) Header() http.Header            { return a.header }
func (a *sampleAnswer) WriteHeader(status int)         { a.status = status }
func (a *sampleAnswer) Write(text []byte) (int, error) { return a.body.Write(text) }
