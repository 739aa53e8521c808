package metrics

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// requests measures the pages.
type requests struct {
	inFlight prometheus.Gauge
	total    *prometheus.CounterVec
	took     *prometheus.HistogramVec
}

func newRequests(factory promauto.Factory) requests {
	return requests{
		inFlight: factory.NewGauge(prometheus.GaugeOpts{
			Name: "latchkey_http_requests_in_flight", Help: "Requests that are being answered.",
		}),
		total: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "latchkey_http_requests_total",
			Help: "Requests, by the pattern of their route, method and status of the answer; none: the client went away before it.",
		}, []string{"route", "method", "code"}),
		took: factory.NewHistogramVec(prometheus.HistogramOpts{
			Name: "latchkey_http_request_duration_seconds", Help: "How long answers took.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20},
		}, []string{"route", "method"}),
	}
}

// RequestBegan counts a request that is to be answered.
func (r requests) RequestBegan() { r.inFlight.Inc() }

// RequestEnded notes how long a request took and what it was answered; status 0: nothing.
func (r requests) RequestEnded(method, route string, status int, took time.Duration) {
	code := "none"
	if status != 0 {
		code = strconv.Itoa(status)
	}
	r.inFlight.Dec()
	r.total.WithLabelValues(route, method, code).Inc()
	r.took.WithLabelValues(route, method).Observe(took.Seconds())
}
