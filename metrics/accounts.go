package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// signIns counts attempts to sign in.
type signIns struct{ total *prometheus.CounterVec }

func newSignIns(factory promauto.Factory, outcomes []string) signIns {
	s := signIns{factory.NewCounterVec(prometheus.CounterOpts{
		Name: "latchkey_sign_ins_total", Help: "Attempts to sign in, by how they ended.",
	}, []string{"outcome"})}
	begin(s.total, outcomes)
	return s
}

// begin makes a counter be 0 at each of its values.
func begin(counter *prometheus.CounterVec, values []string) {
	for _, value := range values {
		counter.WithLabelValues(value)
	}
}

// SignedIn counts an attempt to sign in that ended so.
func (s signIns) SignedIn(outcome string) { s.total.WithLabelValues(outcome).Inc() }

// hashes measures how passwords wait for their hash, and what that costs.
type hashes struct {
	waited, took prometheus.Histogram
	refused      *prometheus.CounterVec
}

func newHashes(factory promauto.Factory, now func() (computing, waiting int), reasons []string) hashes {
	factory.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "latchkey_hashes_computing", Help: "Password hashes being computed.",
	}, func() float64 { computing, _ := now(); return float64(computing) })
	factory.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "latchkey_hashes_waiting", Help: "Requests in the waiting room for password hashes of which none is being computed.",
	}, func() float64 { _, waiting := now(); return float64(waiting) })
	h := hashes{
		waited: factory.NewHistogram(prometheus.HistogramOpts{
			Name: "latchkey_hash_wait_seconds", Help: "How long password hashes had to wait for a processor.",
			Buckets: []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}),
		took: factory.NewHistogram(prometheus.HistogramOpts{
			Name: "latchkey_hash_duration_seconds", Help: "How long password hashes took to compute.",
			Buckets: []float64{.005, .01, .02, .03, .05, .1, .2, .5, 1},
		}),
		refused: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "latchkey_hashes_refused_total", Help: "Requests for a password hash that were told to come back later.",
		}, []string{"reason"}),
	}
	begin(h.refused, reasons)
	return h
}

// HashWaited notes how long a hash had to wait until it was computed.
func (h hashes) HashWaited(wait time.Duration) { h.waited.Observe(wait.Seconds()) }

// HashTook notes how long a hash took to compute.
func (h hashes) HashTook(took time.Duration) { h.took.Observe(took.Seconds()) }

// HashRefused counts a hash that was not computed since too much is to be computed.
func (h hashes) HashRefused(reason string) { h.refused.WithLabelValues(reason).Inc() }
