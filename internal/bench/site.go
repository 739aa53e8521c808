package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
	"latchkey/views"
)

// The accounts that can sign in, with the password [testapp.Secret].
const (
	adminName = "bench-admin"
	customers = 64
)

func customerName(i int) string { return fmt.Sprintf("bench-customer-%02d", i) }

// site is an installation: a directory and a migrated database.
type site struct {
	*bench
	engine  models.Engine
	db      testdb.Database
	dir     string
	program string
}

// onEach measures in an installation with many accounts on each engine. The parts share it.
func (b *bench) onEach(measure func(*site)) {
	for _, engine := range b.engines {
		if b.sites[engine] == nil {
			start := time.Now()
			b.sites[engine] = b.newSite(engine)
			b.sites[engine].fill()
			fmt.Fprintf(b.notes, "  … %d accounts on %s took %s\n", b.accounts, engine, time.Since(start).Round(time.Second))
		}
		measure(b.sites[engine])
	}
}

// serving measures with the program running in these installations.
func (b *bench) serving(measure func(*process)) {
	b.onEach(func(s *site) { s.serve(measure) })
}

func (b *bench) newSite(engine models.Engine) *site {
	if engine == models.Postgres {
		return &site{bench: b, engine: engine, db: testdb.PostgresDB(b), dir: b.TempDir()}
	}
	db := testdb.SQLite(b)
	return &site{bench: b, engine: engine, db: db, dir: filepath.Dir(db.Address)}
}

// fill builds the program, and creates the accounts that sign in and many others.
func (s *site) fill() {
	s.build()
	s.createUsers()
	s.seed(s.accounts, true)
}

func (s *site) build() {
	s.program = filepath.Join(s.dir, "web")
	build := exec.CommandContext(s.ctx, "go", "build", "-o", s.program, "latchkey/cmd/web")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := build.CombinedOutput(); err != nil {
		s.Fatalf("building the program: %w\n%s", err, output)
	}
}

// createUsers creates the accounts that sign in.
func (s *site) createUsers() {
	app := testapp.NewApp(s, s.db, func(o *testapp.AppOptions) { o.Hash = password.DefaultParams })
	app.Clock.Set(time.Now())
	app.Seed(models.SuperAdmin, adminName)
	for i := range customers {
		app.Seed(models.Customer, customerName(i), testapp.Of(models.Account{ID: models.DefaultOrganizationID}))
	}
}

// process is the program while it serves.
type process struct {
	*site
	*testkit.Process
	address string
	ready   time.Duration // from the start of the process to its first answer
}

// serve starts the program with these settings and no others, and stops it when do returns.
func (s *site) serve(do func(*process), settings ...string) {
	port, err := testkit.FreePort()
	s.must(err)
	address := fmt.Sprintf("127.0.0.1:%d", port)
	log, err := os.Create(filepath.Join(s.dir, "web.log"))
	s.must(err)
	defer log.Close()
	command := exec.CommandContext(s.ctx, s.program, append(settings, "--data", s.dir, "--listen", address)...)
	command.Stderr = log
	command.Env = slices.DeleteFunc(os.Environ(), func(variable string) bool { return strings.HasPrefix(variable, "LATCHKEY_") })
	if s.engine == models.Postgres {
		command.Env = append(command.Env, "LATCHKEY_DATABASE="+s.db.Address)
	}
	begin := time.Now()
	p := &process{site: s, address: address, Process: testkit.StartProcess(s, command)}
	defer p.Kill()
	client := p.client(1)
	defer client.close()
	for client.get(s.ctx, "/healthz") != nil {
		if time.Since(begin) > 30*time.Second || s.ctx.Err() != nil {
			text, _ := os.ReadFile(log.Name())
			s.Fatalf("the program does not answer:\n%.2000s", text)
		}
		time.Sleep(time.Millisecond)
	}
	p.ready = time.Since(begin)
	do(p)
	p.Stop()
	late := time.AfterFunc(20*time.Second, p.Kill)
	defer late.Stop()
	if code := p.Wait(); code != 0 {
		s.Fatalf("the program ended with %d", code)
	}
}

// memory returns a size of the process, such as VmRSS, in MiB.
func (p *process) memory(key string) float64 {
	size, err := testkit.Memory(p.ID(), key)
	p.must(err)
	return size
}

// client speaks HTTP over kept connections. It follows no redirects and keeps no cookies, to cost little itself.
type client struct {
	base      string
	transport *http.Transport
	cookie    string // "" = not signed in
	gzip      bool   // answers are compressed, as for browsers; they are not decompressed
}

func (p *process) client(connections int) *client {
	return &client{base: "http://" + p.address, transport: &http.Transport{
		MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections, DisableCompression: true, ResponseHeaderTimeout: 30 * time.Second,
	}}
}

func (c *client) close() { c.transport.CloseIdleConnections() }

// do sends a request and reads the answer. It fails for an answer with another status.
func (c *client) do(ctx context.Context, status int, method, path string, form url.Values) (http.Header, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, nil, err
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	request.Header.Set("Cookie", c.cookie)
	if c.gzip {
		request.Header.Set("Accept-Encoding", "gzip")
	}
	response, err := c.transport.RoundTrip(request)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != status {
		err = fmt.Errorf("%s %s: status %d, want %d: %.300s", method, path, response.StatusCode, status, body)
	}
	return response.Header, body, err
}

// get requests a page.
func (c *client) get(ctx context.Context, path string) error {
	_, _, err := c.do(ctx, http.StatusOK, http.MethodGet, path, nil)
	return err
}

// signIn fails unless the account is led to its first page. It returns the session cookie.
func (c *client) signIn(ctx context.Context, name string) (cookie string, err error) {
	header, _, err := c.do(ctx, http.StatusSeeOther, http.MethodPost, views.SignInURL, url.Values{"name": {name}, "password": {testapp.Secret}})
	if err == nil && header.Get("Location") == views.PasswordURL {
		err = errors.New("signing in: the password must be changed")
	}
	cookie, _, _ = strings.Cut(header.Get("Set-Cookie"), ";")
	return cookie, err
}

func (p *process) asAdmin(connections int) *client {
	c := p.client(connections)
	cookie, err := c.signIn(p.ctx, adminName)
	p.must(err)
	c.cookie = cookie
	return c
}
