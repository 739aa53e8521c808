// Package metrics counts what the program does and tells it to Prometheus, in its text format. The packages that do
// something do not know this one: each declares what it would like to have counted, and cmd/web hands it a [Metrics].
//
// Labels take few and known values. No name, e-mail or address of anybody, and nothing that a client sent, is ever one.
package metrics
