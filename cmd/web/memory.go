package main

// ballast is memory that is never touched and so never taken from the system. It keeps the collector's goal from jumping
// with every password hash, whose 19 MiB are most of the heap while somebody signs in: without it a collection follows
// every other hash, and pages are given back to the system between two hashes only to be fetched again.
// It was measured: docs/decisions/0006.
var ballast = make([]byte, 64<<20)
