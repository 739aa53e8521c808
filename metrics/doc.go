// Package metrics exports the program's metrics to Prometheus in its text format. Other packages do not import it: each declares
// an interface of what it counts, and cmd/web passes a [Metrics].
//
// Labels have few, known values: never a name, an e-mail, an IP address or anything else that a client sent.
package metrics
