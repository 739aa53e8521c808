package metrics

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// tellPolicy tells which policy this process goes by.
func tellPolicy(factory promauto.Factory, now func() (version int, refused bool)) {
	factory.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "latchkey_policy_version", Help: "The version of the password policy that is in force in this process.",
	}, func() float64 { version, _ := now(); return float64(version) })
	factory.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "latchkey_policy_refused", Help: "1 when a newer password policy was refused, so that the one before is in force.",
	}, func() float64 {
		if _, refused := now(); refused {
			return 1
		}
		return 0
	})
}
