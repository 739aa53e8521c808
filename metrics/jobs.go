package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// jobs measures the rounds of background jobs.
type jobs struct {
	took          *prometheus.HistogramVec
	failures      *prometheus.CounterVec
	failing, good *prometheus.GaugeVec
	swept         prometheus.Counter
}

func newJobs(factory promauto.Factory, names []string) jobs {
	label := []string{"name"} // "job" is a label of Prometheus
	j := jobs{
		took: factory.NewHistogramVec(prometheus.HistogramOpts{
			Name: "latchkey_job_duration_seconds", Help: "Duration of a job's rounds.",
			Buckets: []float64{.001, .005, .025, .1, .5, 1, 5, 30, 120},
		}, label),
		failures: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "latchkey_job_failures_total", Help: "Failed rounds of a job.",
		}, label),
		failing: factory.NewGaugeVec(prometheus.GaugeOpts{
			Name: "latchkey_job_failing", Help: "1: the last round of the job failed.",
		}, label),
		good: factory.NewGaugeVec(prometheus.GaugeOpts{
			Name: "latchkey_job_last_success_timestamp_seconds", Help: "Time of the last successful round; 0: none since the start.",
		}, label),
		swept: factory.NewCounter(prometheus.CounterOpts{
			Name: "latchkey_sweep_mails_total", Help: "Mails that the sweep queued.",
		}),
	}
	for _, name := range names {
		j.took.WithLabelValues(name)
		j.failing.WithLabelValues(name)
		j.good.WithLabelValues(name)
	}
	initialize(j.failures, names)
	return j
}

// RoundEnded records the duration, the end and the success of a round.
func (j jobs) RoundEnded(job string, at time.Time, took time.Duration, err error) {
	j.took.WithLabelValues(job).Observe(took.Seconds())
	if err != nil {
		j.failures.WithLabelValues(job).Inc()
		j.failing.WithLabelValues(job).Set(1)
		return
	}
	j.failing.WithLabelValues(job).Set(0)
	j.good.WithLabelValues(job).Set(unix(at))
}

// unix returns a time in the format of Prometheus.
func unix(at time.Time) float64 { return float64(at.UnixMicro()) / 1e6 }

// MailsSwept counts the mails that a sweep queued.
func (j jobs) MailsSwept(count int) { j.swept.Add(float64(count)) }
