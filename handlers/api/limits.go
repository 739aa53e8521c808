package api

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"latchkey/accounts/core"
)

// maxRunning is how many requests of an account are carried out at a time, by each process. Further ones are refused, so that one program
// cannot keep others waiting.
const maxRunning = 64

// forgetEvery is how often accounts are forgotten that have sent nothing for a while.
const forgetEvery = time.Minute

// limits limit the requests of each account: so many a minute, in bursts of as many. Each process counts its own.
type limits struct {
	perMinute int // 0 = no limit

	mu       sync.Mutex
	accounts map[string]*usage
	forgot   time.Time // when accounts were last forgotten
}

// usage are the requests of an account.
type usage struct {
	rate    *rate.Limiter
	running int
}

// rateError means that an account has sent too many requests.
type rateError struct{ retryAfter time.Duration }

const errRate core.Code = "rate.exceeded"

func (rateError) Error() string { return "too many requests of an account" }
func (rateError) Unwrap() error { return errRate }

// RetryIn returns after which time another request is carried out.
func (e rateError) RetryIn() time.Duration { return e.retryAfter }

// enter counts a request of an account. If it may be carried out, leave must be called when it ends. The header has the account's budget.
func (l *limits) enter(account string, now time.Time, header http.Header) (leave func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(now)
	used := l.accounts[account]
	if used == nil {
		used = &usage{rate: rate.NewLimiter(rate.Limit(l.perMinute)/60, l.perMinute)}
		l.accounts[account] = used
	}
	if l.perMinute > 0 {
		allowed := used.rate.AllowN(now, 1)
		left := max(used.rate.TokensAt(now), 0)
		// As most APIs name them; see draft-ietf-httpapi-ratelimit-headers-03.
		header.Set("RateLimit-Limit", strconv.Itoa(l.perMinute))
		header.Set("RateLimit-Remaining", strconv.Itoa(int(left)))
		header.Set("RateLimit-Reset", strconv.Itoa(int(math.Ceil((float64(l.perMinute)-left)*60/float64(l.perMinute)))))
		if !allowed {
			return nil, rateError{time.Duration((1 - left) * float64(time.Minute) / float64(l.perMinute))}
		}
	}
	if used.running >= maxRunning {
		return nil, core.BusyError{RetryAfter: time.Second}
	}
	used.running++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		used.running--
	}, nil
}

// forget removes accounts whose budget is whole again.
func (l *limits) forget(now time.Time) {
	if now.Sub(l.forgot) < forgetEvery && !now.Before(l.forgot) {
		return
	}
	l.forgot = now
	for account, used := range l.accounts {
		if used.running == 0 && used.rate.TokensAt(now) >= float64(l.perMinute) {
			delete(l.accounts, account)
		}
	}
}
