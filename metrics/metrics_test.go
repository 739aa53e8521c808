package metrics_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/metrics"
	"latchkey/models"
)

func TestEventsAreCountedFromZero(t *testing.T) {
	w := newWorld(t, testdb.SQLite(t).DB)
	w.wants(map[string]string{
		`sign_ins_total{outcome="success"}`: "0", `sign_ins_total{outcome="unknown"}`: "0", `hashes_refused_total{reason="full"}`: "0",
		`mails_total{state="sent",template="aom-accountBlacklisted"}`: "0", `mail_tries_put_off_total{template="aom-accountBlacklisted"}`: "0",
		`job_failures_total{name="sweep"}`: "0", `job_failing{name="sweep"}`: "0", `job_last_success_timestamp_seconds{name="sweep"}`: "0",
		`hashes_computing`: "2", `hashes_waiting`: "7", `sweep_mails_total`: "0", `http_requests_in_flight`: "0",
		`policy_version`: "3", `policy_refused`: "1",
	})
	w.SignedIn("unknown")
	w.HashRefused("full")
	w.HashWaited(300 * time.Millisecond)
	w.HashTook(25 * time.Millisecond)
	w.MailsSwept(3)
	w.MailSettled(models.MailBlacklisted, models.MailSent)
	w.MailSettled(models.MailBlacklisted, models.MailWaiting)
	w.RoundEnded("sweep", w.clock.Now(), time.Second, errors.New("no"))
	w.RequestBegan()
	w.RequestBegan()
	w.RequestEnded("GET", "/accounts/:id", 200, time.Millisecond)
	w.wants(map[string]string{
		`sign_ins_total{outcome="success"}`: "0", `sign_ins_total{outcome="unknown"}`: "1", `hashes_refused_total{reason="full"}`: "1",
		`hash_wait_seconds_bucket{le="0.25"}`: "0", `hash_wait_seconds_bucket{le="0.5"}`: "1", `hash_wait_seconds_sum`: "0.3",
		`hash_duration_seconds_bucket{le="0.02"}`: "0", `hash_duration_seconds_bucket{le="0.03"}`: "1", `sweep_mails_total`: "3",
		`mails_total{state="sent",template="aom-accountBlacklisted"}`: "1", `mail_tries_put_off_total{template="aom-accountBlacklisted"}`: "1",
		`job_failures_total{name="sweep"}`: "1", `job_failing{name="sweep"}`: "1", `job_last_success_timestamp_seconds{name="sweep"}`: "0",
		`job_duration_seconds_count{name="sweep"}`: "1", `http_requests_in_flight`: "1",
		`http_requests_total{code="200",method="GET",route="/accounts/:id"}`:            "1",
		`http_request_duration_seconds_count{method="GET",route="/accounts/:id"}`:       "1",
		`http_request_duration_seconds_sum{method="GET",route="/accounts/:id"}`:         "0.001",
		`http_requests_total{code="none",method="GET",route="/accounts/:id"}`:           "",
		`mails_total{state="waiting",template="aom-accountBlacklisted"}`:                "",
		`mails_total{state="held-back",template="aom-accountpasswordExpirationReminder`: "",
	})
	w.RoundEnded("sweep", w.clock.Now(), time.Second, nil)
	w.RequestEnded("GET", "/accounts/:id", 0, time.Second)
	w.wants(map[string]string{
		`job_failing{name="sweep"}`: "0", `job_failures_total{name="sweep"}`: "1", `http_requests_in_flight`: "0",
		`job_last_success_timestamp_seconds{name="sweep"}`:                    "1.772442e+09",
		`http_requests_total{code="none",method="GET",route="/accounts/:id"}`: "1",
	})
}

func TestDatabaseMetricsAreReadWithEachScrape(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB)
		w.wants(map[string]string{
			`database_up`: "1", `mail_queue{state="due"}`: "0", `mail_queue{state="later"}`: "0", `mail_queue{state="sending"}`: "0",
			`mail_queue{state="failed"}`: "0", `mail_queue_oldest_age_seconds`: "0", `mail_server_reachable`: "1",
			`mail_server_unreachable_since_timestamp_seconds`: "0", `database_connections{state="in-use"}`: "0",
		})
		for range 2 {
			w.mail(func(*models.Mail) {})
		}
		w.mail(func(m *models.Mail) { m.NextTryAt = w.clock.Now().Add(time.Hour) })
		w.mail(func(m *models.Mail) { m.State = models.MailSending })
		w.mail(func(m *models.Mail) { m.State = models.MailFailed })
		w.mail(func(m *models.Mail) { m.State = models.MailSent })
		w.do(func(tx *models.Tx) error {
			return tx.RecordMailOutage(w.clock.Now(), w.clock.Now(), "connection refused")
		})
		w.clock.Advance(90 * time.Second)
		w.wants(map[string]string{
			`database_up`: "1", `mail_queue{state="due"}`: "2", `mail_queue{state="later"}`: "1", `mail_queue{state="sending"}`: "1",
			`mail_queue{state="failed"}`: "1", `mail_queue{state="sent"}`: "", `mail_queue_oldest_age_seconds`: "90",
			`mail_server_reachable`: "0", `mail_server_unreachable_since_timestamp_seconds`: "1.772442e+09",
		})
		w.clock.Advance(-time.Hour) // a replica's clock that is ahead queued them
		w.wants(map[string]string{`mail_queue{state="due"}`: "0", `mail_queue{state="later"}`: "3", `mail_queue_oldest_age_seconds`: "0"})
	})
}

func TestCountingStopsAtTheLimit(t *testing.T) {
	db := testdb.SQLite(t)
	w := newWorld(t, db.DB)
	db.Exec(t, `INSERT INTO mails (id, template, once_key, account_name, recipient, locale, data, message_id, state, created_at, next_try_at)
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10050)
		SELECT i, '', i, '', '', '', '{}', '', 'failed', '', '' FROM n`)
	w.wants(map[string]string{`mail_queue{state="failed"}`: "10000"})
}

func TestNoMailServerMetricsWithoutAMailServer(t *testing.T) {
	w := newWorld(t, testdb.SQLite(t).DB, func(o *metrics.Options) { o.MailServer = false })
	w.do(func(tx *models.Tx) error {
		return tx.RecordMailOutage(w.clock.Now(), w.clock.Now(), "connection refused")
	})
	w.wants(map[string]string{`database_up`: "1"})
	w.hasNone("latchkey_mail_server")
}

// A database that does not answer is tested in cmd/web.
func TestScrapeWithoutDatabaseHasTheOtherMetrics(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		away := db.Again(t)
		w := newWorld(t, away)
		if err := away.Close(); err != nil {
			t.Fatal(err)
		}
		w.SignedIn("success")
		w.wants(map[string]string{`database_up`: "0", `sign_ins_total{outcome="success"}`: "1"})
		w.hasNone("latchkey_mail_queue")
		w.hasNone("latchkey_mail_server")
	})
}

func TestConcurrentScrapesShareTheDatabaseQueries(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB)
		handler := w.Handler()
		statuses := make([]int, 200)
		testkit.Together(len(statuses), func(i int) { statuses[i] = asked(handler, http.MethodGet, metrics.Path).Code })
		answered := 0
		for _, status := range statuses {
			if status == http.StatusOK {
				answered++
			} else if status != http.StatusServiceUnavailable {
				t.Errorf("a scrape among many is answered %d", status)
			}
		}
		if open := db.Connections().OpenConnections; answered == 0 || open > 2 {
			t.Errorf("%d of %d are answered, over %d connections", answered, len(statuses), open)
		}
		w.wants(map[string]string{`database_up`: "1"})
	})
}

func TestOnlyGetMetricsIsServed(t *testing.T) {
	w := newWorld(t, testdb.SQLite(t).DB)
	for target, want := range map[string]int{
		"/metrics": 200, "/metrics?name[]=latchkey_database_up": 200, "/": 404, "/metrics/": 404, "//metrics": 404, "/Metrics": 404,
		"/debug/pprof/": 404, "/healthz": 404, "/sign-in": 404,
	} {
		if got := w.ask(http.MethodGet, target).Code; got != want {
			t.Errorf("GET %s is answered %d, want %d", target, got, want)
		}
	}
	for _, method := range []string{"HEAD", "POST", "PUT", "DELETE", "OPTIONS", "CANARY"} {
		answer := w.ask(method, metrics.Path)
		if answer.Code != http.StatusMethodNotAllowed || answer.Header().Get("Allow") != "GET" {
			t.Errorf("%s is answered %d, allowed is %q", method, answer.Code, answer.Header().Get("Allow"))
		}
	}
}
