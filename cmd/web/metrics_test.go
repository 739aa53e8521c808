package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testapp"
	"latchkey/internal/testkit"
	"latchkey/internal/testsmtp"
	"latchkey/models"
)

var (
	metricsAt = regexp.MustCompile(`"serving metrics" address=(http://\S+)`)
	series    = regexp.MustCompile(`(?m)^(\w+(?:\{.*\})?) (\S+)$`)
)

// figures are the series of a scrape with their values.
type figures map[string]string

// scraped starts the program with metrics and returns their address.
func (p *program) scraped() (r *process, address string) {
	p.t.Helper()
	r = p.process("LATCHKEY_METRICS_LISTEN", "127.0.0.1:0")
	return r, r.log.await(p.t, make(chan error), metricsAt)
}

// scrape reads the metrics.
func scrape(t *testing.T, address string) (figures, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("a scrape is answered %d, %v: %s", answer.StatusCode, err, text)
	}
	found := figures{}
	for _, line := range series.FindAllStringSubmatch(string(text), -1) {
		found[line[1]] = line[2]
	}
	return found, string(text)
}

func (f figures) have(want figures) bool {
	for name, value := range want {
		if f["latchkey_"+name] != value {
			return false
		}
	}
	return true
}

func (f figures) wants(t *testing.T, want figures) {
	t.Helper()
	for name, value := range want {
		if f["latchkey_"+name] != value {
			t.Errorf("%s is %q, want %q", name, f["latchkey_"+name], value)
		}
	}
}

// TestMetrics: what people and strangers do shows in figures, and nothing of who they are.
func TestMetrics(t *testing.T) {
	engines(t, func(t *testing.T, p *program) {
		sink := testsmtp.NewSink(t)
		p.args = append(p.args, "--smtp", sink.URL())
		p.seed("canaryroot", "canaryada")
		r, address := p.scraped()
		r.SignIn("canaryroot").Get("/accounts").Want(200)
		all := r.visitors(t, 1)
		for range 10 { // as many as the built-in policy allows
			all.signIn(t.Context(), "canaryada", "Canary-Guess-1")
		}
		all.signIn(t.Context(), "canary@elsewhere.example", "Canary-Guess-1")
		all.signIn(t.Context(), "canaryada", testapp.Secret)
		for _, path := range []string{"/canary", "/accounts/canary?q=canary", "/static/canary.css"} {
			all.do(t.Context(), "CANARY", path, "canary", nil)
			all.get(t.Context(), path, "canary")
		}
		if got := all.get(t.Context(), "/metrics", ""); got.status != http.StatusNotFound {
			t.Errorf("/metrics on the port of the pages is answered %d", got.status)
		}
		sink.Wait(1)
		found, text := awaitFigures(t, address, figures{ // which are noted after the mail has come, and after the answers
			`mails_total{state="sent",template="aom-accountBlacklisted"}`: "1", `http_requests_in_flight`: "0",
			`http_requests_total{code="422",method="POST",route="/sign-in"}`:       "12",
			`http_requests_total{code="404",method="GET",route="unknown"}`:         "2",
			`http_requests_total{code="404",method="other",route="unknown"}`:       "1",
			`http_requests_total{code="405",method="other",route="/static/:name"}`: "1",
			`http_requests_total{code="303",method="GET",route="/accounts/:id"}`:   "1",
		})
		found.wants(t, figures{
			`sign_ins_total{outcome="success"}`: "1", `sign_ins_total{outcome="wrong-password"}`: "10",
			`sign_ins_total{outcome="unknown"}`: "1", `sign_ins_total{outcome="blacklisted"}`: "1", `sign_ins_total{outcome="error"}`: "0",
			`hash_duration_seconds_count`: "13", `hash_wait_seconds_count`: "13", `hashes_computing`: "0", `hashes_waiting`: "0",
			`database_up`: "1", `mail_server_reachable`: "1", `job_failing{name="sweep"}`: "0",
		})
		for _, secret := range []string{"canary", "example", "127.0.0.1", testapp.Secret, r.BaseURL.Host} {
			if at := strings.Index(strings.ToLower(text), strings.ToLower(secret)); at >= 0 {
				t.Errorf("the figures tell of %q: …%.200s", secret, text[max(0, at-100):])
			}
		}
		r.stops(t)
	})
}

// awaitFigures scrapes until figures have these values.
func awaitFigures(t *testing.T, address string, want figures) (found figures, text string) {
	t.Helper()
	for end := time.Now().Add(longestAnswer); ; time.Sleep(10 * time.Millisecond) {
		found, text = scrape(t, address)
		if found.have(want) || time.Now().After(end) {
			found.wants(t, want)
			return found, text
		}
	}
}

// TestMetricsWithoutDatabase: scrapes report it in time, also many at once, also if the database hangs, and recover.
func TestMetricsWithoutDatabase(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.Postgres)
	proxy := testkit.NewProxy(t, p.env["LATCHKEY_DATABASE"])
	p.env["LATCHKEY_DATABASE"] = proxy.Address
	if !testkit.Long() {
		p.timings.MetricsRead = 500 * time.Millisecond
	}
	_, address := p.scraped()
	for _, mode := range []testkit.ProxyMode{testkit.Hanging, testkit.Refusing} {
		proxy.Set(mode)
		start := time.Now()
		testkit.Together(10, func(int) {
			found, _ := scrape(t, address)
			found.wants(t, figures{"database_up": "0", `mail_queue{state="due"}`: "", `sign_ins_total{outcome="success"}`: "0"})
		})
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("scrapes of mode %d took %s", mode, took)
		}
		proxy.Set(testkit.Passing)
		awaitFigures(t, address, figures{"database_up": "1"})
	}
}

// TestMetricsAreOffByDefault: without the setting nothing is counted, and nothing listens.
func TestMetricsAreOffByDefault(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	p.seed("root")
	r := p.process()
	if got := r.visitors(t, 1).get(t.Context(), "/metrics", ""); got.status != http.StatusNotFound {
		t.Errorf("/metrics is answered %d", got.status)
	}
	r.stops(t)
	if log := r.log.String(); metricsAt.MatchString(log) {
		t.Errorf("something listens:\n%s", log)
	}
}

// TestPortsInUse stop the start with one line that names the setting, and leave nothing behind.
func TestPortsInUse(t *testing.T) {
	testkit.Parallel(t)
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for setting, other := range map[string]string{"LISTEN": "METRICS_LISTEN", "METRICS_LISTEN": "LISTEN"} {
		p := newProgram(t, models.SQLite)
		p.env["LATCHKEY_"+setting], p.env["LATCHKEY_"+other] = taken.Addr().String(), "127.0.0.1:0"
		_, err := p.command("")
		want := fmt.Sprintf("%s (%s): listen tcp %[2]s: bind: address already in use", setting, taken.Addr())
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if _, err := os.Stat(p.args[1]); !os.IsNotExist(err) {
			t.Errorf("there is a data directory: %v", err)
		}
	}
}

// TestDemoWithMetrics: the demo's figures are its own company's.
func TestDemoWithMetrics(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite, "demo")
	p.env["LATCHKEY_SMTP"] = "smtp://" + untouched(t) + "?starttls=never"
	p.env["LATCHKEY_METRICS_LISTEN"], p.env["LATCHKEY_LOG_LEVEL"] = "127.0.0.1:0", "info"
	p.args = append(p.args, "--listen", "127.0.0.1:0")
	p.runUntil(metricsAt, func(address string) {
		found, _ := scrape(t, address)
		found.wants(t, figures{
			"database_up": "1", `mail_queue{state="failed"}`: "2", "mail_server_reachable": "", `sign_ins_total{outcome="success"}`: "0",
		})
	}, regexp.MustCompile("(serving metrics)"))
}
