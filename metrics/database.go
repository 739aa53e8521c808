package metrics

import (
	"cmp"
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/singleflight"

	"latchkey/models"
)

// Limits of the database queries of a scrape.
const (
	countUpTo   = 10_000          // mails in each state
	readTimeout = 3 * time.Second // for all of them
)

// database collects figures from the database and its connection pool with each scrape.
type database struct {
	Options
	up, queue, oldest, reachable, since *prometheus.Desc
	connections, limit, waits, waited   *prometheus.Desc
	reading                             singleflight.Group
}

func newDatabase(o Options) *database {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(prometheus.BuildFQName(namespace, "", name), help, labels, nil)
	}
	return &database{
		Options:     o,
		up:          desc("database_up", "1: the database answered this scrape in time. Otherwise its figures are left out."),
		queue:       desc("mail_queue", "Mails that are due now, due later, being sent, and failed; counting stops at 10000 each.", "state"),
		oldest:      desc("mail_queue_oldest_age_seconds", "Age of the mail that has been waiting longest; 0: none is waiting."),
		reachable:   desc("mail_server_reachable", "1: the mail server can be reached, as far as known. Left out if there is none."),
		since:       desc("mail_server_unreachable_since_timestamp_seconds", "Start of the current outage of the mail server; 0: no outage."),
		connections: desc("database_connections", "Open connections to the database.", "state"),
		limit:       desc("database_connections_limit", "Most connections to the database."),
		waits:       desc("database_connection_waits_total", "Waits for a database connection."),
		waited:      desc("database_connection_wait_seconds_total", "Time waited for database connections."),
	}
}

// Describe implements [prometheus.Collector].
func (d *database) Describe(to chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{
		d.up, d.queue, d.oldest, d.reachable, d.since, d.connections, d.limit, d.waits, d.waited,
	} {
		to <- desc
	}
}

// Collect implements [prometheus.Collector].
func (d *database) Collect(to chan<- prometheus.Metric) {
	gauge := func(desc *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	}
	pool := d.DB.Connections()
	gauge(d.connections, float64(pool.InUse), "in-use")
	gauge(d.connections, float64(pool.Idle), "idle")
	gauge(d.limit, float64(pool.MaxOpenConnections))
	to <- prometheus.MustNewConstMetric(d.waits, prometheus.CounterValue, float64(pool.WaitCount))
	to <- prometheus.MustNewConstMetric(d.waited, prometheus.CounterValue, pool.WaitDuration.Seconds())
	found, err := d.query()
	if err != nil {
		d.Log.Warn("collecting database metrics failed", "error", err)
		gauge(d.up, 0)
		return
	}
	gauge(d.up, 1)
	for state, count := range found.queue {
		gauge(d.queue, float64(count), string(state))
	}
	age := 0.0
	if !found.oldest.IsZero() {
		age = max(0, d.Now().Sub(found.oldest).Seconds()) // clocks of replicas may differ
	}
	gauge(d.oldest, age)
	if !d.MailServer {
		return
	}
	reachable, since := 1.0, 0.0
	if outage := found.outage.Since; !outage.IsZero() {
		reachable, since = 0, unix(outage)
	}
	gauge(d.reachable, reachable)
	gauge(d.since, since)
}

// found is the result of the queries.
type found struct {
	queue  map[models.MailState]int64 // waiting mails are "due" or "later"
	oldest time.Time                  // zero: no mail is waiting
	outage models.MailOutage
}

// query runs the queries. Concurrent scrapes share one run, so that any number of them costs the database no more than one.
func (d *database) query() (found, error) {
	shared, err, _ := d.reading.Do("", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.Background(), cmp.Or(d.ReadTimeout, readTimeout))
		defer cancel()
		return d.read(ctx)
	})
	f, _ := shared.(found)
	return f, err
}

func (d *database) read(ctx context.Context) (f found, err error) {
	tx, now := d.DB.Read(ctx), d.Now().UTC()
	due, later, err := tx.CountWaitingMails(now, countUpTo)
	if err != nil {
		return f, err
	}
	f.queue = map[models.MailState]int64{"due": due, "later": later}
	for _, state := range []models.MailState{models.MailSending, models.MailFailed} {
		if f.queue[state], err = tx.CountMailsIn(state, countUpTo); err != nil {
			return f, err
		}
	}
	if f.oldest, err = tx.OldestWaitingMail(now); err != nil || !d.MailServer {
		return f, err
	}
	f.outage, err = tx.MailOutage()
	return f, err
}
