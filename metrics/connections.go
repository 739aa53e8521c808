package metrics

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// connections counts client connections to the pages.
type connections struct {
	open    prometheus.Gauge
	refused *prometheus.CounterVec
}

func newConnections(factory promauto.Factory, reasons []string) connections {
	c := connections{
		open: factory.NewGauge(prometheus.GaugeOpts{
			Name: "latchkey_connections", Help: "Open client connections, including idle ones.",
		}),
		refused: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "latchkey_connections_refused_total", Help: "Client connections closed at once because too many were open.",
		}, []string{"reason"}),
	}
	initialize(c.refused, reasons)
	return c
}

// ConnectionOpened counts an accepted connection.
func (c connections) ConnectionOpened() { c.open.Inc() }

// ConnectionClosed counts a closed connection.
func (c connections) ConnectionClosed() { c.open.Dec() }

// ConnectionRefused counts a connection beyond a limit.
func (c connections) ConnectionRefused(reason string) { c.refused.WithLabelValues(reason).Inc() }
