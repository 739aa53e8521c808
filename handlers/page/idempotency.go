package page

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/models"
)

// A form that is sent twice within a minute (a double click, a retrying proxy) is carried out once, and the first answer is sent
// again. Forms are the same if their session, path, client and all fields are equal, including the page's id in the field
// "submission". See docs/decisions/0030-forms-sent-twice.md.

// answerStore stores answers by the id of their form. See accounts.Answers for its methods.
type answerStore interface {
	Claim(ctx context.Context, id accounts.AnswerID) (claimed bool, err error)
	Find(ctx context.Context, form string) (sealed []byte, holder string, err error)
	Keep(ctx context.Context, id accounts.AnswerID, sealed []byte) error
	Drop(ctx context.Context, form, holder string) error
}

// maxAnswer is the largest answer that is kept, in bytes. All pages that answer forms are much smaller.
const maxAnswer = 256 << 10

// The polling intervals while another request prepares the answer.
const (
	firstPause   = 20 * time.Millisecond
	longestPause = time.Second
)

// answerHeaders are the kept headers of an answer. Middleware sets the others on every answer.
var answerHeaders = []string{echo.HeaderContentType, echo.HeaderLocation, echo.HeaderSetCookie, "Clear-Site-Data"}

// answer is a stored response.
type answer struct {
	Status int
	Header http.Header
	Body   []byte

	holder string // the request that was answered
}

// submission is a form that must not be carried out twice.
type submission struct {
	id   accounts.AnswerID // under which its answer is kept
	aead cipher.AEAD       // seals the answer
}

// submissionOf returns the request's form, or nil if it is repeatable. Its keys are derived from the session cookie and all fields,
// so that a copy of the database is not enough to find a form or decrypt an answer.
func (s *Kit) submissionOf(c echo.Context, cookie string) *submission {
	r := c.Request()
	if r.Method != http.MethodPost || s.route(c).repeatable || WantsJSON(c) || !models.IsID(Field(c, "submission")) {
		return nil
	}
	form := r.URL.Path + "\x00" + c.RealIP() + "\x00" + r.PostForm.Encode()
	return &submission{accounts.AnswerID{
		Form: hex.EncodeToString(mac(cookie, "form", form)), Sender: hex.EncodeToString(mac(cookie, "sender", "")), Holder: RequestID(c),
	}, Sealer(cookie, form)}
}

// Sealer returns what seals the answer to a request, with a key that is derived from a secret of its sender and the request.
func Sealer(secret, request string) cipher.AEAD {
	block, _ := aes.NewCipher(mac(secret, "answer", request)) // cannot fail: the key has 32 bytes
	aead, _ := cipher.NewGCMWithRandomNonce(block)            // cannot fail: AES has blocks of 16 bytes
	return aead
}

func mac(key, purpose, text string) []byte {
	hash := hmac.New(sha256.New, []byte(key))
	hash.Write([]byte(purpose + "\x00" + text))
	return hash.Sum(nil)
}

// idempotent carries out a form, or repeats its stored answer. If another request is carrying out the same form, it waits for that.
func (s *Kit) idempotent(c echo.Context, store answerStore, cookie string, do echo.HandlerFunc) error {
	form := s.submissionOf(c, cookie)
	if form == nil {
		return do(c)
	}
	ctx := c.Request().Context()
	for {
		kept, holds, err := s.storedAnswer(c, store, form)
		switch {
		case errors.Is(err, core.ErrNotFound):
		case err != nil:
			return err
		case holds:
			return kept.write(c)
		default:
			if err := store.Drop(ctx, form.id.Form, kept.holder); err != nil {
				return err
			}
		}
		claimed, err := store.Claim(ctx, form.id)
		if err != nil {
			s.abandoned.add(form.id.Holder, s.Now()) // the row may exist nevertheless
			return err
		}
		if claimed {
			return s.answerAndKeep(c, store, form, do)
		}
	}
}

// replay repeats the answer to a form that ended or replaced its own session, such as a password change.
func (s *Kit) replay(c echo.Context) (done bool, err error) {
	cookie := s.sessions.token(c.Request())
	form := s.submissionOf(c, cookie)
	if form == nil || cookie == "" {
		return false, nil
	}
	kept, holds, err := s.storedAnswer(c, s.Accounts.Answers(), form)
	if errors.Is(err, core.ErrNotFound) {
		return false, nil
	}
	if err != nil || !holds || kept.session(s.sessions.cookie) == nil {
		return false, err
	}
	return true, kept.write(c)
}

// storedAnswer returns the answer to a form, or [core.ErrNotFound]. It holds unless it sets a session that has ended.
func (s *Kit) storedAnswer(c echo.Context, store answerStore, form *submission) (kept answer, holds bool, err error) {
	kept, err = s.findAnswer(c.Request().Context(), store, form)
	if err != nil {
		return kept, false, err
	}
	given := kept.session(s.sessions.cookie)
	if given == nil || given.MaxAge < 0 {
		return kept, true, nil
	}
	_, err = s.Accounts.Sessions.Resolve(c.Request().Context(), given.Value, c.RealIP())
	if errors.Is(err, core.ErrNotFound) || errors.Is(err, core.ErrAddress) {
		return kept, false, nil
	}
	return kept, err == nil, err
}

// errStillRunning means that the same form was sent before, and that its answer is late or lost.
const errStillRunning core.Code = "form.in_progress"

// findAnswer waits for the answer while another request prepares it. It returns [core.ErrNotFound] if there is neither.
func (s *Kit) findAnswer(ctx context.Context, store answerStore, form *submission) (kept answer, err error) {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		sealed, holder, err := store.Find(ctx, form.id.Form)
		if err != nil {
			return answer{}, err
		}
		if len(sealed) > 0 {
			kept, err = form.open(sealed)
			kept.holder = holder
			return kept, err
		}
		if s.abandoned.has(holder) {
			if err := store.Drop(ctx, form.id.Form, holder); err != nil {
				return answer{}, err
			}
			continue
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return answer{}, errStillRunning
		}
	}
}

// answerAndKeep carries out the form and stores the answer. Forms that end in an error can be tried again.
func (s *Kit) answerAndKeep(c echo.Context, store answerStore, form *submission, do echo.HandlerFunc) error {
	keep := func(ctx context.Context, body []byte) (kept bool) {
		response := c.Response()
		if !response.Committed || response.Status >= http.StatusInternalServerError {
			return false
		}
		err := store.Keep(ctx, form.id, form.seal(answerOf(response, body)))
		if err != nil {
			s.Log.Warn("storing the answer to a form failed", "error", err)
		}
		return err == nil
	}
	release := func(ctx context.Context) {
		if err := store.Drop(ctx, form.id.Form, form.id.Holder); err != nil {
			s.abandoned.add(form.id.Holder, s.Now())
		}
	}
	return CarryOut(c, func() error { return do(c) }, keep, release)
}

// CarryOut carries out a request that has claimed its answer. It continues if the client disconnects, as clients do before they send the same
// again. keep stores the answer, unless it is too large, and reports whether it has. If it has not, or the request ends in an error, release
// gives up the claim.
func CarryOut(
	c echo.Context, do func() error, keep func(ctx context.Context, body []byte) (kept bool), release func(ctx context.Context),
) error {
	request, response := c.Request(), c.Response()
	ctx, cancel := core.Uncancelled(request.Context())
	defer cancel()
	copied := &teeWriter{ResponseWriter: response.Writer}
	c.SetRequest(request.WithContext(ctx))
	response.Writer = copied
	kept := false
	defer func() {
		c.SetRequest(request)
		response.Writer = copied.ResponseWriter
		if kept {
			return
		}
		late, cancel := core.Detached(ctx)
		defer cancel()
		release(late)
	}()
	if err := do(); err != nil {
		return err
	}
	if copied.body.Len() <= maxAnswer {
		late, cancel := core.Detached(ctx)
		defer cancel()
		kept = keep(late, copied.body.Bytes())
	}
	return nil
}

// abandonedClaims are the claims of requests that have ended, but whose rows could not be deleted since the database was unavailable.
// Without this list the same form would have to wait until the claim expires.
type abandonedClaims struct {
	mu      sync.Mutex
	holders map[string]time.Time // since when
}

func (a *abandonedClaims) add(holder string, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	maps.DeleteFunc(a.holders, func(_ string, since time.Time) bool { return now.Sub(since) > accounts.AnswerClaim })
	if len(a.holders) < maxMemoryAnswers {
		a.holders[holder] = now
	}
}

func (a *abandonedClaims) has(holder string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, found := a.holders[holder]
	return found
}

func answerOf(response *echo.Response, body []byte) answer {
	made := answer{Status: response.Status, Header: http.Header{}, Body: body}
	for _, name := range answerHeaders {
		if values := response.Header().Values(name); len(values) > 0 {
			made.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	return made
}

// session returns the session cookie that the answer sets; nil = none.
func (a answer) session(name string) *http.Cookie {
	for _, cookie := range (&http.Response{Header: a.Header}).Cookies() {
		if cookie.Name == name {
			return cookie
		}
	}
	return nil
}

func (a answer) write(c echo.Context) error {
	for name, values := range a.Header {
		c.Response().Header()[name] = values
	}
	c.Response().WriteHeader(a.Status)
	_, err := c.Response().Write(a.Body)
	return err
}

func (f *submission) seal(a answer) []byte {
	plain, _ := json.Marshal(a)              // cannot fail: JSON has all of its types
	return f.aead.Seal(nil, nil, plain, nil) //nolint:gosec // it makes its nonce itself
}

func (f *submission) open(sealed []byte) (a answer, err error) {
	plain, err := f.aead.Open(nil, nil, sealed, nil)
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(plain, &a)
}

// teeWriter also stores what is written. Errors of a disconnected client are ignored.
type teeWriter struct {
	http.ResponseWriter
	body bytes.Buffer
}

func (w *teeWriter) Write(text []byte) (int, error) {
	if w.body.Len() <= maxAnswer {
		w.body.Write(text)
	}
	_, _ = w.ResponseWriter.Write(text)
	return len(text), nil
}

func (w *teeWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
