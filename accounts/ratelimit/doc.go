// Package ratelimit limits the failed attempts of a client's network: so many a minute, and bursts of twice as many.
package ratelimit
