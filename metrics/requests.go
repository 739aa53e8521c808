package metrics

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// requests measures HTTP requests.
type requests struct {
	inFlight prometheus.Gauge
	total    *prometheus.CounterVec
	took     *prometheus.HistogramVec
}

func newRequests(factory promauto.Factory) requests {
	return requests{
		inFlight: factory.NewGauge(prometheus.GaugeOpts{
			Name: "latchkey_http_requests_in_flight", Help: "HTTP requests in progress.",
		}),
		total: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "latchkey_http_requests_total",
			Help: "HTTP requests by route pattern, method and status; none: the client disconnected before the answer.",
		}, []string{"route", "method", "code"}),
		took: factory.NewHistogramVec(prometheus.HistogramOpts{
			Name: "latchkey_http_request_duration_seconds", Help: "Duration of HTTP requests.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20},
		}, []string{"route", "method"}),
	}
}

// RequestBegan counts a request in progress.
func (r requests) RequestBegan() { r.inFlight.Inc() }

// RequestEnded records the duration and the status of a request; status 0: no answer.
func (r requests) RequestEnded(method, route string, status int, took time.Duration) {
	code := "none"
	if status != 0 {
		code = strconv.Itoa(status)
	}
	r.inFlight.Dec()
	r.total.WithLabelValues(route, method, code).Inc()
	r.took.WithLabelValues(route, method).Observe(took.Seconds())
}
