package metrics_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"latchkey/internal/testkit"
	"latchkey/metrics"
	"latchkey/models"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// world is metrics over a database of its own.
type world struct {
	*testing.T
	*metrics.Metrics
	db    *models.DB
	clock *testkit.Clock
	ids   *models.IDs
}

func newWorld(t *testing.T, db *models.DB, change ...func(*metrics.Options)) *world {
	t.Helper()
	w := &world{T: t, db: db, clock: testkit.NewClock()}
	w.ids = models.NewIDs(w.clock.Now, nil)
	o := metrics.Options{
		DB: db, Now: w.clock.Now, MailServer: true, Hashes: func() (int, int) { return 2, 7 },
		Policy:  func() (int, bool) { return 3, true },
		SignIns: []string{"success", "unknown"}, Refusals: []string{"full"}, Jobs: []string{"sweep"},
	}
	for _, change := range change {
		change(&o)
	}
	w.Metrics = metrics.New(o)
	return w
}

// mail inserts a waiting mail.
func (w *world) mail(change func(*models.Mail)) {
	w.Helper()
	id, now := w.ids.New(), w.clock.Now()
	m := models.Mail{ID: id, OnceKey: id, Template: models.MailReminder, State: models.MailWaiting, CreatedAt: now, NextTryAt: now}
	change(&m)
	w.do(func(tx *models.Tx) error { return tx.QueueMail(&m) })
}

func (w *world) do(change func(*models.Tx) error) {
	w.Helper()
	if err := w.db.Update(w.Context(), change); err != nil {
		w.Fatal(err)
	}
}

// ask sends a request.
func (w *world) ask(method, target string) *httptest.ResponseRecorder {
	return asked(w.Handler(), method, target)
}

func asked(handler http.Handler, method, target string) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest(method, target, nil))
	return answer
}

// sample matches a line of the exposition format: a series and its value.
var sample = regexp.MustCompile(`(?m)^([a-z].*) (\S+)$`)

// scrape returns all series with their values as text.
func (w *world) scrape() map[string]string {
	w.Helper()
	answer := w.ask(http.MethodGet, metrics.Path)
	if answer.Code != http.StatusOK {
		w.Fatalf("a scrape is answered %d: %s", answer.Code, answer.Body)
	}
	series := map[string]string{}
	for _, line := range sample.FindAllStringSubmatch(answer.Body.String(), -1) {
		series[line[1]] = line[2]
	}
	return series
}

// wants checks series by their names without the prefix; "" = there is none.
func (w *world) wants(want map[string]string) {
	w.Helper()
	got := w.scrape()
	for name, value := range want {
		if is := got["latchkey_"+name]; is != value {
			w.Errorf("%s is %q, want %q", name, is, value)
		}
	}
}

// hasNone checks that no name starts with a prefix.
func (w *world) hasNone(prefix string) {
	w.Helper()
	for name := range w.scrape() {
		if strings.HasPrefix(name, prefix) {
			w.Errorf("there is %s", name)
		}
	}
}
