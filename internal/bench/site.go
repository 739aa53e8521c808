package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"latchkey/accounts"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/views"
)

// The accounts that can sign in, and their password.
const (
	adminName = "bench-admin"
	secret    = "Correct-horse-7-battery"
	customers = 64
)

func customerName(i int) string { return fmt.Sprintf("bench-customer-%02d", i) }

// site is an installation: a directory and a database.
type site struct {
	*bench
	engine  models.Engine
	program string
	dir     string
	dsn     string // "" on SQLite
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

// newSite creates a directory and, on PostgreSQL, an empty database.
func (b *bench) newSite(engine models.Engine) *site {
	s := &site{bench: b, engine: engine, dir: b.TempDir()}
	if engine == models.Postgres {
		server, err := testdb.OpenPostgres()
		b.must(err)
		dsn, drop, err := server.NewDatabase()
		b.must(err)
		b.Cleanup(func() { _ = drop() })
		s.dsn = dsn
	}
	return s
}

// fill builds the program, and creates a SuperAdmin with the command, many accounts with SQL, and the customers that sign in
// with the pages.
func (s *site) fill() {
	s.program = filepath.Join(s.dir, "web")
	build := exec.CommandContext(s.ctx, "go", "build", "-o", s.program, "latchkey/cmd/web")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	output, err := build.CombinedOutput()
	if err != nil {
		s.Fatalf("building the program: %w\n%s", err, output)
	}
	create := s.command("create-superadmin", "--name", adminName, "--email", adminName+"@example.org")
	create.Stdin = strings.NewReader(secret + "\n")
	if output, err = create.CombinedOutput(); err != nil {
		s.Fatalf("web create-superadmin: %w\n%s", err, output)
	}
	db := s.openSQL()
	defer db.close()
	s.must(db.seed(s.ctx, s.accounts, true))
	s.serve(func(p *process) {
		admin := p.asAdmin(8)
		group, ctx := errgroup.WithContext(s.ctx)
		group.SetLimit(8)
		for i := range customers {
			group.Go(func() error {
				name := customerName(i)
				return admin.want(ctx, http.StatusSeeOther, http.MethodPost, views.AccountsURL, url.Values{
					"kind": {string(models.Customer)}, "name": {name}, "email": {name + "@example.org"},
					"organization": {models.DefaultOrganizationID}, "password_mode": {string(accounts.Typed)}, "password": {secret},
				})
			})
		}
		s.must(group.Wait())
	})
}

// command is the program with the site's settings and no others.
func (s *site) command(args ...string) *exec.Cmd {
	command := exec.CommandContext(s.ctx, s.program, args...)
	command.Dir = s.dir
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "LATCHKEY_") {
			command.Env = append(command.Env, variable)
		}
	}
	command.Env = append(command.Env, "LATCHKEY_DATA="+s.dir, "LATCHKEY_DATABASE="+s.dsn)
	return command
}

func (s *site) sqliteFile() string { return filepath.Join(s.dir, "latchkey.db") }

// database opens the site's database in this process.
func (s *site) database() (*models.DB, error) {
	if s.engine == models.Postgres {
		return models.OpenPostgres(s.dsn)
	}
	return models.OpenSQLite(s.sqliteFile())
}

// process is the program while it serves.
type process struct {
	*site
	*testkit.Process
	address string
	ready   time.Duration // from the start of the process to its first answer
}

// serve starts the program, and stops it when do returns.
func (s *site) serve(do func(*process), settings ...string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	s.must(err)
	address := listener.Addr().String()
	s.must(listener.Close())
	log, err := os.Create(filepath.Join(s.dir, "web.log"))
	s.must(err)
	defer log.Close()
	command := s.command(append(settings, "--listen", address)...)
	command.Stderr = log
	begin := time.Now()
	p := &process{site: s, address: address, Process: testkit.StartProcess(s, command)}
	defer p.Kill()
	client := p.client(1)
	defer client.close()
	for client.want(s.ctx, http.StatusOK, http.MethodGet, "/healthz", nil) != nil {
		if time.Since(begin) > 30*time.Second || s.ctx.Err() != nil {
			text, _ := os.ReadFile(log.Name())
			s.Fatalf("the program does not answer:\n%.2000s", text)
		}
		time.Sleep(time.Millisecond)
	}
	p.ready = time.Since(begin)
	do(p)
	p.Stop()
	select {
	case <-p.Ended():
	case <-time.After(20 * time.Second):
		s.Fatal("the program does not stop")
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
}

func (p *process) client(connections int) *client {
	return &client{base: "http://" + p.address, transport: &http.Transport{
		MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections, DisableCompression: true, ResponseHeaderTimeout: 30 * time.Second,
	}}
}

func (c *client) close() { c.transport.CloseIdleConnections() }

// do sends a request and reads the answer.
func (c *client) do(ctx context.Context, method, path string, form url.Values) (*http.Response, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, nil, err
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	request.Header.Set("Cookie", c.cookie)
	response, err := c.transport.RoundTrip(request)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response, body, err
}

// want fails for an answer with another status.
func (c *client) want(ctx context.Context, status int, method, path string, form url.Values) error {
	response, body, err := c.do(ctx, method, path, form)
	if err == nil && response.StatusCode != status {
		err = fmt.Errorf("%s %s: status %d, want %d: %.300s", method, path, response.StatusCode, status, body)
	}
	return err
}

// signIn fails unless the account is led to its first page. It returns the session cookie.
func (c *client) signIn(ctx context.Context, name string) (cookie string, err error) {
	response, body, err := c.do(ctx, http.MethodPost, views.SignInURL, url.Values{"name": {name}, "password": {secret}})
	switch {
	case err != nil:
		return "", err
	case response.StatusCode != http.StatusSeeOther:
		return "", fmt.Errorf("signing in: status %d: %.300s", response.StatusCode, body)
	case response.Header.Get("Location") == views.PasswordURL:
		return "", errors.New("signing in: the password must be changed")
	}
	cookie, _, _ = strings.Cut(response.Header.Get("Set-Cookie"), ";")
	return cookie, nil
}

func (p *process) asAdmin(connections int) *client {
	c := p.client(connections)
	cookie, err := c.signIn(p.ctx, adminName)
	p.must(err)
	c.cookie = cookie
	return c
}
