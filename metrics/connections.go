package metrics

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// connections counts those of clients to the pages.
type connections struct {
	open    prometheus.Gauge
	refused *prometheus.CounterVec
}

func newConnections(factory promauto.Factory, reasons []string) connections {
	c := connections{
		open: factory.NewGauge(prometheus.GaugeOpts{
			Name: "latchkey_connections", Help: "Open connections of clients, idle ones too.",
		}),
		refused: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "latchkey_connections_refused_total", Help: "Connections that were closed at once since too many were open.",
		}, []string{"reason"}),
	}
	begin(c.refused, reasons)
	return c
}

// ConnectionOpened counts a connection that was taken.
func (c connections) ConnectionOpened() { c.open.Inc() }

// ConnectionClosed counts one that has ended.
func (c connections) ConnectionClosed() { c.open.Dec() }

// ConnectionRefused counts a connection that goes beyond a bound.
func (c connections) ConnectionRefused(reason string) { c.refused.WithLabelValues(reason).Inc() }
