package handlers

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/accounts/credential"
	"latchkey/accounts/mfa"
	"latchkey/handlers/page"
	"latchkey/internal/seal"
	"latchkey/models"
	"latchkey/password"
	"latchkey/static"
	"latchkey/views"
	"latchkey/views/samples"
)

// samplePages renders samples, one at a time. The demo is played on first use.
type samplePages struct {
	mu       sync.Mutex
	now      time.Time         // of all samples
	demo     []byte            // a database in which people are signed in
	sessions map[string]string // cookies of people
	ids      *strings.Replacer // of placeholders in requests

	branded func() (*static.Assets, error) // of samples with a brand
	key     func() (*seal.Key, error)
}

// sampleSite is the program in a world, with the browsers of its visitors.
type sampleSite struct {
	*samples.World
	db       *models.DB
	path     string // of the database
	now      time.Time
	base     *url.URL
	pages    http.Handler
	ids      *strings.Replacer
	locale   string            // of the browsers
	sessions map[string]string // cookies by person
	answer   *sampleAnswer     // the last one
	secret   string            // of the authenticator app that was shown last
	setUp    string            // its id
	accounts *accounts.Service
	code     string // the emergency code that was shown last, or the first of the recovery codes
}

// samplePage renders a sample with the real handlers on a copy of the demo.
func (s *App) samplePage(sample samples.Sample, locale string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, to io.Writer) error {
		ctx, p := context.Background(), s.samples // that of the request keeps the policy of the running program
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.demo == nil && !sample.World.Empty {
			if err := s.playDemo(ctx); err != nil {
				return err
			}
		}
		site, err := s.openSite(ctx, sample.World, locale)
		if err != nil {
			return err
		}
		defer os.Remove(site.path) //nolint:errcheck // at the latest it is removed with its directory
		defer site.db.Close()      //nolint:errcheck // nothing else uses it
		if err := site.run(ctx, sample); err != nil {
			return fmt.Errorf("the sample %s: %w", sample.Slug, err)
		}
		// The running program does not know the mail in a frame, so another one is shown.
		src := views.DevMailHTMLURL(SampleMail{Template: models.MailBlacklisted, locale: locale, number: 1}.slug())
		_, err = to.Write(mailFrame.ReplaceAll(site.answer.body.Bytes(), []byte("${1}"+src+`"`)))
		return err
	})
}

var mailFrame = regexp.MustCompile(`(<iframe[^>]* src=")/mail/[^"]*"`)

// playDemo plays the demo, and signs in the people whose passwords are known.
func (s *App) playDemo(ctx context.Context) error {
	p := s.samples
	site, err := s.openSite(ctx, &samples.World{Policies: password.Default()}, "")
	if err != nil {
		return err
	}
	for _, request := range samples.SignIns() {
		err = errors.Join(err, site.send(ctx, request, request.As))
	}
	if err = errors.Join(err, site.db.Close()); err != nil {
		return err
	}
	p.ids, p.sessions = site.ids, site.sessions
	p.demo, err = os.ReadFile(site.path)
	return err
}

// openSite starts the program on a database of its own.
func (s *App) openSite(ctx context.Context, world *samples.World, locale string) (*sampleSite, error) {
	p := s.samples
	site := &sampleSite{
		World: world, path: filepath.Join(s.DevDir, s.Accounts.NewID()+".db"), now: p.now, base: &url.URL{Scheme: "http", Host: samples.Host},
		ids: p.ids, locale: locale, sessions: map[string]string{},
	}
	maps.Copy(site.sessions, p.sessions)
	key, err := p.key()
	if err != nil {
		return nil, err
	}
	if err := site.fill(ctx, p.demo, key, s.Zone); err != nil {
		return nil, err
	}
	hashes, err := credential.NewPool(password.Params{Memory: 8, Time: 1, Threads: 1}, nil) // these passwords protect nothing
	if err != nil {
		return nil, err
	}
	clock := func() time.Time { return site.now }
	service := accounts.New(accounts.Options{DB: site.db, Keys: seal.Fixed(key), Policies: world.Policies, Hashes: hashes, Settings: world.Settings(), Now: clock})
	site.accounts = service
	if err := site.activate(ctx, service); err != nil {
		return nil, err
	}
	mails := s.Mails
	mails.Files = func(locale, template string) []views.TemplateFile {
		files := s.Mails.Files(locale, template)
		for i := range files {
			files[i].Own = world.OwnTemplates[files[i].Name]
		}
		return files
	}
	assets := s.Assets
	if world.Brand.Own() {
		if assets, err = p.branded(); err != nil {
			return nil, err
		}
	}
	if world.HTTPS {
		site.base.Scheme = "https"
	}
	site.pages = New(Options{
		Page: page.Options{
			Accounts: service, Words: s.Words, Assets: assets, Brand: world.Brand, BaseURL: site.base, Zone: s.Zone, Help: samples.Help,
			Capturing: world.Capturing, Now: clock,
		},
		Ready: s.Ready, Mails: mails,
	})
	return site, nil
}

// fill creates the database: without accounts, as a copy of the demo, or by playing it.
func (s *sampleSite) fill(ctx context.Context, demo []byte, key *seal.Key, zone *time.Location) (err error) {
	if demo != nil && !s.Empty {
		if err := os.WriteFile(s.path, demo, 0o600); err != nil {
			return err
		}
	}
	if s.db, err = models.OpenSQLite(s.path); err != nil {
		return err
	}
	if _, err := s.db.Migrate(ctx); err != nil {
		return err
	}
	switch {
	case s.Empty:
		s.ids = strings.NewReplacer()
		err = samples.SeedEmpty(ctx, s.db)
	case demo == nil:
		s.ids, err = samples.Seed(ctx, s.db, key, s.now, zone)
	case s.Outage != "":
		err = s.db.Update(ctx, func(tx *models.Tx) error {
			return tx.RecordMailOutage(s.now.Add(-3*time.Hour), s.now.Add(-time.Minute), s.Outage)
		})
	}
	return err
}

// activate puts the policies in force, some days ago.
func (s *sampleSite) activate(ctx context.Context, service *accounts.Service) error {
	now := s.now
	defer func() { s.now = now }()
	s.now = now.AddDate(0, 0, -3)
	if err := service.Policies.Activate(ctx, s.Policies); err != nil || s.Refused == nil {
		return err
	}
	newer := s.Policies
	newer.Account.MinimumSymbols++
	other := accounts.New(accounts.Options{DB: s.db, Policies: newer, Now: func() time.Time { return s.now }})
	if err := other.Policies.Activate(ctx, newer); err != nil {
		return err
	}
	_ = service.Policies.Reload(ctx, func() (password.Policies, error) { return password.Policies{}, password.Problems(s.Refused) })
	return nil
}

// run sends the requests of a sample.
func (s *sampleSite) run(ctx context.Context, sample samples.Sample) error {
	now := s.now
	for _, request := range sample.Requests {
		s.now = now.Add(-request.Before)
		if err := s.send(ctx, request, cmp.Or(request.As, sample.As)); err != nil {
			return err
		}
	}
	if status := s.answer.status; status >= http.StatusInternalServerError || status == http.StatusNotFound {
		return fmt.Errorf("the answer is %d", status)
	}
	return nil
}

var shownSecret = regexp.MustCompile(`(?s)id="totp-secret"[^>]*>([A-Z2-7]+)<.*action="/me/security/totp/([^/]+)/confirm"`)

var shownCode = regexp.MustCompile(`id="(?:(?:recovery-codes|emergency-code)"[^>]*>|secret-link"[^>]*>[^<]*/s/)([0-9A-Za-z_-]+)`)

const sampleCookie = "latchkey"

// send sends a request from a person's browser, and follows a redirect.
func (s *sampleSite) send(ctx context.Context, request samples.Request, as string) error {
	code, err := mfa.CodeAt(s.secret, s.now)
	if err != nil {
		return err
	}
	fields := strings.NewReplacer(samples.Code, code, samples.App, s.setUp, samples.ShownCode, s.code)
	form := url.Values{}
	for i := 0; i+1 < len(request.Form); i += 2 {
		form.Add(request.Form[i], fields.Replace(s.ids.Replace(request.Form[i+1])))
	}
	address, err := s.withToken(ctx, fields.Replace(s.ids.Replace(request.URL)))
	if err != nil {
		return err
	}
	target, err := s.base.Parse(address)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, request.Method, target.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.RequestURI, r.RemoteAddr = target.RequestURI(), "203.0.113.9:40000"
	if s.Forwarded {
		r.RemoteAddr = "10.20.0.4:40000"
		r.Header.Set(echo.HeaderXForwardedFor, "203.0.113.9")
	}
	if request.Method == http.MethodPost {
		r.Header.Set(echo.HeaderContentType, echo.MIMEApplicationForm)
	}
	r.Header.Set("Accept-Language", s.locale)
	if session := s.sessions[as]; session != "" {
		r.AddCookie(&http.Cookie{Name: sampleCookie, Value: session}) //nolint:gosec // of a request
	}
	s.answer = &sampleAnswer{header: http.Header{}, status: http.StatusOK}
	s.pages.ServeHTTP(s.answer, r)
	for _, cookie := range (&http.Response{Header: s.answer.header}).Cookies() {
		if cookie.Name == sampleCookie {
			s.sessions[as] = cookie.Value
		}
	}
	if secret := shownSecret.FindStringSubmatch(s.answer.body.String()); secret != nil {
		s.secret, s.setUp = secret[1], secret[2]
	}
	if code := shownCode.FindStringSubmatch(s.answer.body.String()); code != nil {
		s.code = code[1]
	}
	switch to := s.answer.header.Get("Location"); {
	case strings.HasPrefix(to, views.SignInURL):
		return fmt.Errorf("%q is not signed in", as)
	case to != "":
		return s.send(ctx, samples.Request{Method: http.MethodGet, URL: to}, as)
	}
	return nil
}

// withToken puts the token of the account's newest link in place of [samples.LinkOf] and its id.
func (s *sampleSite) withToken(ctx context.Context, address string) (string, error) {
	before, id, found := strings.Cut(address, samples.LinkOf)
	if !found {
		return address, nil
	}
	var link string
	if before == models.LinkInvitation.Page() {
		links, err := s.db.Read(ctx).PasswordLinks(id)
		if err != nil || len(links) == 0 {
			return "", cmp.Or(err, fmt.Errorf("%s has no link", id))
		}
		link = links[0].ID
	} else {
		change, err := s.db.Read(ctx).NewestEmailChange(id)
		if err != nil {
			return "", err
		}
		if link = change.ID; change.UndoID != nil {
			link = *change.UndoID
		}
	}
	token, err := s.accounts.Sealing.Token(s.db.Read(ctx), link)
	return before + token, err
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
