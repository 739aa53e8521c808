package metrics

import (
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"latchkey/models"
)

// Path is the only path that is served.
const Path = "/metrics"

// Limits of scrapes.
const (
	mostScrapes   = 16               // concurrent ones, which share the database queries
	longestScrape = 10 * time.Second // the default of Prometheus
)

// Options configure [Metrics]. All but MailServer, Log and ReadTimeout are required.
type Options struct {
	DB          *models.DB
	Now         func() time.Time
	Hashes      func() (computing, waiting int)    // password hashes at this moment
	MailServer  bool                               // whether there is one
	Policy      func() (version int, refused bool) // the active version, and whether a newer one was refused
	Log         *slog.Logger                       // nil: nothing is logged
	ReadTimeout time.Duration                      // for all database queries of a scrape; 0: 3 s

	// Label values. Each series starts at 0, so that the first event of a kind is an increase.
	SignIns  []string // outcomes of sign-in attempts
	Refusals []string // reasons to refuse a password hash
	Jobs     []string // names of the jobs

	ConnectionRefusals []string // reasons to refuse a connection
}

// Metrics are all metrics of a process. It is safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry
	log      *slog.Logger

	signIns                    *prometheus.CounterVec
	hashWait, hashDuration     prometheus.Observer
	hashesRefused              *prometheus.CounterVec
	jobDuration                *prometheus.HistogramVec
	jobFailures                *prometheus.CounterVec
	jobFailing, jobLastSuccess *prometheus.GaugeVec
	mailsSwept                 prometheus.Counter
	mailsFinished, mailsPutOff *prometheus.CounterVec
	requestsInFlight           prometheus.Gauge
	requests                   *prometheus.CounterVec
	requestDuration            *prometheus.HistogramVec
	connections                prometheus.Gauge
	connectionsRefused         *prometheus.CounterVec
}

// New creates metrics that start at 0.
func New(o Options) *Metrics {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewBuildInfoCollector(), newDatabase(o),
	)
	f := factory{promauto.With(registry)}
	f.current("policy_version", "Version of the password policy that is active in this process.",
		func() float64 { version, _ := o.Policy(); return float64(version) })
	f.current("policy_refused", "1: a newer password policy was refused, and the previous one is active.", func() float64 {
		if _, refused := o.Policy(); refused {
			return 1
		}
		return 0
	})
	f.current("hashes_computing", "Password hashes being computed.",
		func() float64 { computing, _ := o.Hashes(); return float64(computing) })
	f.current("hashes_waiting", "Requests queued for a password hash, without those being computed.",
		func() float64 { _, waiting := o.Hashes(); return float64(waiting) })
	m := &Metrics{
		registry: registry, log: o.Log,
		signIns: f.counters("sign_ins_total", "Sign-in attempts by outcome.", "outcome"),
		hashWait: f.histograms("hash_wait_seconds", "Time that password hashes were queued.",
			[]float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}).WithLabelValues(),
		hashDuration: f.histograms("hash_duration_seconds", "Time to compute a password hash.",
			[]float64{.005, .01, .02, .03, .05, .1, .2, .5, 1}).WithLabelValues(),
		hashesRefused: f.counters("hashes_refused_total", "Requests for a password hash that were refused because the queue was full or too slow.", "reason"),
		// "job" is a label of Prometheus.
		jobDuration:    f.histograms("job_duration_seconds", "Duration of a job's rounds.", []float64{.001, .005, .025, .1, .5, 1, 5, 30, 120}, "name"),
		jobFailures:    f.counters("job_failures_total", "Failed rounds of a job.", "name"),
		jobFailing:     f.gauges("job_failing", "1: the last round of the job failed.", "name"),
		jobLastSuccess: f.gauges("job_last_success_timestamp_seconds", "Time of the last successful round; 0: none since the start.", "name"),
		mailsSwept:     f.counters("sweep_mails_total", "Mails that the sweep queued.").WithLabelValues(),
		mailsFinished:  f.counters("mails_total", "Mails that this process finished, by final state.", "template", "state"),
		mailsPutOff:    f.counters("mail_tries_put_off_total", "Failed tries to send a mail that will be repeated.", "template"),

		requestsInFlight: f.gauges("http_requests_in_flight", "HTTP requests in progress.").WithLabelValues(),
		requests: f.counters("http_requests_total",
			"HTTP requests by route pattern, method and status; none: the client disconnected before the answer.", "route", "method", "code"),
		requestDuration: f.histograms("http_request_duration_seconds", "Duration of HTTP requests.",
			[]float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20}, "route", "method"),
		connections:        f.gauges("connections", "Open client connections, including idle ones.").WithLabelValues(),
		connectionsRefused: f.counters("connections_refused_total", "Client connections closed at once because too many were open.", "reason"),
	}
	m.initialize(o)
	return m
}

// initialize creates the series whose labels are known, with the value 0.
func (m *Metrics) initialize(o Options) {
	for _, outcome := range o.SignIns {
		m.signIns.WithLabelValues(outcome)
	}
	for _, reason := range o.Refusals {
		m.hashesRefused.WithLabelValues(reason)
	}
	for _, name := range o.Jobs {
		m.jobDuration.WithLabelValues(name)
		m.jobFailures.WithLabelValues(name)
		m.jobFailing.WithLabelValues(name)
		m.jobLastSuccess.WithLabelValues(name)
	}
	for _, template := range models.MailTemplates() {
		for _, state := range []models.MailState{models.MailSent, models.MailFailed, models.MailDropped, models.MailCaptured} {
			m.mailsFinished.WithLabelValues(template, string(state))
		}
		m.mailsPutOff.WithLabelValues(template)
	}
	for _, reason := range o.ConnectionRefusals {
		m.connectionsRefused.WithLabelValues(reason)
	}
}

const namespace = "latchkey"

// factory creates registered metrics. One without labels has a single series.
type factory struct{ promauto.Factory }

// current creates a gauge that is read with each scrape.
func (f factory) current(name, help string, read func() float64) {
	f.NewGaugeFunc(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help}, read)
}

func (f factory) counters(name, help string, labels ...string) *prometheus.CounterVec {
	return f.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
}

func (f factory) gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	return f.NewGaugeVec(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help}, labels)
}

func (f factory) histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return f.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets}, labels)
}

// SignedIn counts a sign-in attempt by its outcome.
func (m *Metrics) SignedIn(outcome string) { m.signIns.WithLabelValues(outcome).Inc() }

// HashWaited records how long a hash was queued.
func (m *Metrics) HashWaited(wait time.Duration) { m.hashWait.Observe(wait.Seconds()) }

// HashTook records how long a hash took to compute.
func (m *Metrics) HashTook(took time.Duration) { m.hashDuration.Observe(took.Seconds()) }

// HashRefused counts a hash that was refused.
func (m *Metrics) HashRefused(reason string) { m.hashesRefused.WithLabelValues(reason).Inc() }

// RoundEnded records the duration, the end and the success of a job's round.
func (m *Metrics) RoundEnded(job string, at time.Time, took time.Duration, err error) {
	m.jobDuration.WithLabelValues(job).Observe(took.Seconds())
	if err != nil {
		m.jobFailures.WithLabelValues(job).Inc()
		m.jobFailing.WithLabelValues(job).Set(1)
		return
	}
	m.jobFailing.WithLabelValues(job).Set(0)
	m.jobLastSuccess.WithLabelValues(job).Set(unix(at))
}

// unix returns a time in the format of Prometheus.
func unix(at time.Time) float64 { return float64(at.UnixMicro()) / 1e6 }

// MailsSwept counts the mails that a sweep queued.
func (m *Metrics) MailsSwept(count int) { m.mailsSwept.Add(float64(count)) }

// MailSettled counts a mail by its state after a try; a waiting one will be tried again.
func (m *Metrics) MailSettled(template string, state models.MailState) {
	if state == models.MailWaiting {
		m.mailsPutOff.WithLabelValues(template).Inc()
		return
	}
	m.mailsFinished.WithLabelValues(template, string(state)).Inc()
}

// RequestBegan counts a request in progress.
func (m *Metrics) RequestBegan() { m.requestsInFlight.Inc() }

// RequestEnded records the duration and the status of a request; status 0: no answer.
func (m *Metrics) RequestEnded(method, route string, status int, took time.Duration) {
	code := "none"
	if status != 0 {
		code = strconv.Itoa(status)
	}
	m.requestsInFlight.Dec()
	m.requests.WithLabelValues(route, method, code).Inc()
	m.requestDuration.WithLabelValues(route, method).Observe(took.Seconds())
}

// ConnectionOpened counts an accepted connection.
func (m *Metrics) ConnectionOpened() { m.connections.Inc() }

// ConnectionClosed counts a closed connection.
func (m *Metrics) ConnectionClosed() { m.connections.Dec() }

// ConnectionRefused counts a connection beyond a limit.
func (m *Metrics) ConnectionRefused(reason string) {
	m.connectionsRefused.WithLabelValues(reason).Inc()
}

// Handler answers GET /metrics, and nothing else.
func (m *Metrics) Handler() http.Handler {
	scrape := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(m.log.Handler(), slog.LevelError), ErrorHandling: promhttp.ContinueOnError,
		MaxRequestsInFlight: mostScrapes, Timeout: longestScrape,
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != Path:
			http.NotFound(w, r)
		case r.Method != http.MethodGet:
			w.Header().Set("Allow", http.MethodGet)
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		default:
			scrape.ServeHTTP(w, r)
		}
	})
}
