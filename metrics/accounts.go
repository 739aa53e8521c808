package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// signIns counts sign-in attempts.
type signIns struct{ total *prometheus.CounterVec }

func newSignIns(factory promauto.Factory, outcomes []string) signIns {
	s := signIns{factory.NewCounterVec(prometheus.CounterOpts{
		Name: "latchkey_sign_ins_total", Help: "Sign-in attempts by outcome.",
	}, []string{"outcome"})}
	initialize(s.total, outcomes)
	return s
}

// initialize creates the series of a counter with the value 0.
func initialize(counter *prometheus.CounterVec, values []string) {
	for _, value := range values {
		counter.WithLabelValues(value)
	}
}

// SignedIn counts a sign-in attempt by its outcome.
func (s signIns) SignedIn(outcome string) { s.total.WithLabelValues(outcome).Inc() }

// hashes measures the queue and the duration of password hashes.
type hashes struct {
	waited, took prometheus.Histogram
	refused      *prometheus.CounterVec
}

func newHashes(factory promauto.Factory, now func() (computing, waiting int), reasons []string) hashes {
	factory.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "latchkey_hashes_computing", Help: "Password hashes being computed.",
	}, func() float64 { computing, _ := now(); return float64(computing) })
	factory.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "latchkey_hashes_waiting", Help: "Requests queued for a password hash, without those being computed.",
	}, func() float64 { _, waiting := now(); return float64(waiting) })
	h := hashes{
		waited: factory.NewHistogram(prometheus.HistogramOpts{
			Name: "latchkey_hash_wait_seconds", Help: "Time that password hashes were queued.",
			Buckets: []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}),
		took: factory.NewHistogram(prometheus.HistogramOpts{
			Name: "latchkey_hash_duration_seconds", Help: "Time to compute a password hash.",
			Buckets: []float64{.005, .01, .02, .03, .05, .1, .2, .5, 1},
		}),
		refused: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "latchkey_hashes_refused_total", Help: "Requests for a password hash that were refused because the queue was full or too slow.",
		}, []string{"reason"}),
	}
	initialize(h.refused, reasons)
	return h
}

// HashWaited records how long a hash was queued.
func (h hashes) HashWaited(wait time.Duration) { h.waited.Observe(wait.Seconds()) }

// HashTook records how long a hash took to compute.
func (h hashes) HashTook(took time.Duration) { h.took.Observe(took.Seconds()) }

// HashRefused counts a hash that was refused.
func (h hashes) HashRefused(reason string) { h.refused.WithLabelValues(reason).Inc() }
