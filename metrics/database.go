package metrics

import (
	"cmp"
	"context"
	"database/sql"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/singleflight"

	"latchkey/models"
)

// The bounds of what a scrape asks the database.
const (
	countUpTo   = 10_000          // mails in each state
	readTimeout = 3 * time.Second // in all; what is known without a database is told after that
)

// database tells with each scrape what stands in the database, and how its connections are used.
type database struct {
	Options
	up, queue, oldest, reachable, since *prometheus.Desc
	connections, limit, waits, waited   *prometheus.Desc
	reading                             singleflight.Group
}

func newDatabase(o Options) *database {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("latchkey_"+name, help, labels, nil)
	}
	return &database{
		Options:     o,
		up:          desc("database_up", "1: the database answered this scrape in time. The figures that come from it are left out otherwise."),
		queue:       desc("mail_queue", "Mails that wait to be sent, now or later, that are being sent, and that failed; counting stops at 10000 of each.", "state"),
		oldest:      desc("mail_queue_oldest_age_seconds", "How long ago the mail was queued that has been waiting the longest; 0: none waits."),
		reachable:   desc("mail_server_reachable", "1: the mail server can be reached, as far as is known. Left out where there is none."),
		since:       desc("mail_server_unreachable_since_timestamp_seconds", "Since when the mail server cannot be reached; 0: it can."),
		connections: desc("database_connections", "Open connections to the database.", "state"),
		limit:       desc("database_connections_limit", "Most connections to the database."),
		waits:       desc("database_connection_waits_total", "How often a connection to the database had to be waited for."),
		waited:      desc("database_connection_wait_seconds_total", "How long connections to the database were waited for."),
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
	tell := func(kind prometheus.ValueType, desc *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(desc, kind, value, labels...)
	}
	d.tellConnections(tell, d.DB.Connections())
	found, err := d.look()
	if err != nil {
		d.Log.Warn("collecting database metrics failed", "error", err)
		tell(prometheus.GaugeValue, d.up, 0)
		return
	}
	tell(prometheus.GaugeValue, d.up, 1)
	d.tellMails(tell, found)
}

// teller tells the value of a metric.
type teller func(kind prometheus.ValueType, desc *prometheus.Desc, value float64, labels ...string)

func (d *database) tellConnections(tell teller, pool sql.DBStats) {
	tell(prometheus.GaugeValue, d.connections, float64(pool.InUse), "in-use")
	tell(prometheus.GaugeValue, d.connections, float64(pool.Idle), "idle")
	tell(prometheus.GaugeValue, d.limit, float64(pool.MaxOpenConnections))
	tell(prometheus.CounterValue, d.waits, float64(pool.WaitCount))
	tell(prometheus.CounterValue, d.waited, pool.WaitDuration.Seconds())
}

// found is what stands in the database.
type found struct {
	queue   map[string]int64 // by state
	oldest  time.Time        // zero: no mail waits
	trouble models.MailTrouble
}

// look reads what scrapes tell. Those that come while another reads have what that one finds, so that any number of them
// costs the database no more than one at a time.
func (d *database) look() (found, error) {
	shared, err, _ := d.reading.Do("", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.Background(), cmp.Or(d.ReadTimeout, readTimeout))
		defer cancel()
		return d.read(ctx)
	})
	f, _ := shared.(found)
	return f, err
}

func (d *database) read(ctx context.Context) (f found, err error) {
	tx := d.DB.Read(ctx)
	if f.queue, err = d.readQueue(tx); err != nil {
		return f, err
	}
	if f.oldest, err = tx.OldestWaitingMail(); err != nil || !d.MailServer {
		return f, err
	}
	f.trouble, err = tx.MailTrouble()
	return f, err
}

func (d *database) readQueue(tx *models.Tx) (map[string]int64, error) {
	due, later, err := tx.CountWaitingMails(d.Now().UTC(), countUpTo)
	queue := map[string]int64{"due": due, "later": later}
	for _, state := range []models.MailState{models.MailSending, models.MailFailed} {
		if err == nil {
			queue[string(state)], err = tx.CountMailsIn(state, countUpTo)
		}
	}
	return queue, err
}

func (d *database) tellMails(tell teller, f found) {
	for state, count := range f.queue {
		tell(prometheus.GaugeValue, d.queue, float64(count), state)
	}
	age := 0.0
	if !f.oldest.IsZero() {
		age = max(0, d.Now().Sub(f.oldest).Seconds()) // replicas' clocks may differ
	}
	tell(prometheus.GaugeValue, d.oldest, age)
	if d.MailServer {
		d.tellMailServer(tell, f.trouble.Since)
	}
}

func (d *database) tellMailServer(tell teller, since time.Time) {
	if since.IsZero() {
		tell(prometheus.GaugeValue, d.reachable, 1)
		tell(prometheus.GaugeValue, d.since, 0)
		return
	}
	tell(prometheus.GaugeValue, d.reachable, 0)
	tell(prometheus.GaugeValue, d.since, unix(since))
}
