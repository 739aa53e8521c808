// Package words turns the results of use cases into sentences and figures in the reader's language. It is shared by pages and the
// command line, so that each sentence exists once.
package words
