package api

import (
	"bytes"
	"context"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"latchkey/accounts/apikey"
	"latchkey/accounts/core"
	"latchkey/handlers/page"
	"latchkey/models"
)

// A request with the header Idempotency-Key is carried out once: sent again within 24 hours, with the same key and body, it gets the answer
// of the first one. Secrets in it are repeated for a minute, from a copy that only the sender's token or key opens.

const idempotencyHeader = "Idempotency-Key"

const maxIdempotencyKey = 255

const errIdempotencyKey core.Code = "idempotency.key_invalid"

// The polling intervals while the first request is carried out, and how long that is waited for.
const (
	firstPause   = 20 * time.Millisecond
	longestPause = 500 * time.Millisecond
	longestWait  = 10 * time.Second
)

// keptHeaders are the headers that are repeated. Middleware sets the others on every answer.
var keptHeaders = []string{echo.HeaderContentType, echo.HeaderLocation, "Etag"}

// once carries out a request, or repeats the answer to it.
func (a *API) once(call *call, do func() error) error {
	request := call.c.Request()
	key := request.Header.Get(idempotencyHeader)
	if key == "" || call.actor.Key == nil || !isRepeatable(call.op) {
		return do()
	}
	if !validIdempotencyKey(request.Header.Values(idempotencyHeader)) {
		return core.Invalid(idempotencyHeader, errIdempotencyKey)
	}
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return page.BadForm(err)
	}
	request.Body = io.NopCloser(bytes.NewReader(body))
	row := models.APIAnswer{
		ID:      hashOf(sender(call.actor), key),
		Request: hashOf(request.Method, request.URL.Path, string(body)),
		Holder:  page.RequestID(call.c),
	}
	waiting, cancel := context.WithTimeout(request.Context(), longestWait)
	defer cancel()
	for {
		claimed, err := a.Accounts.Keys.ClaimAnswer(request.Context(), row)
		if err != nil {
			return err
		}
		if claimed {
			return a.carryOut(call, row, do)
		}
		kept, err := a.awaitAnswer(waiting, row)
		if !errors.Is(err, core.ErrNotFound) {
			if err != nil {
				return err
			}
			return a.repeat(call, kept)
		}
	}
}

// isRepeatable reports whether an operation takes an Idempotency-Key: others change nothing, or the same each time.
func isRepeatable(op *huma.Operation) bool {
	return op.Method == http.MethodPost && op.Metadata[accessKey] == writers
}

// sender returns whose Idempotency-Keys they are: those of the API key, or of the account that signed in by name and password.
func sender(actor core.Actor) string {
	if actor.Key.ID != "" {
		return actor.Key.ID
	}
	return actor.ID
}

// validIdempotencyKey reports whether there is one key of printable ASCII.
func validIdempotencyKey(values []string) bool {
	if len(values) != 1 || len(values[0]) > maxIdempotencyKey {
		return false
	}
	for _, symbol := range []byte(values[0]) {
		if symbol < ' ' || symbol > '~' {
			return false
		}
	}
	return true
}

func hashOf(parts ...string) string {
	hash := sha256.New()
	for _, part := range parts {
		sum := sha256.Sum256([]byte(part)) // so that parts cannot run into each other
		hash.Write(sum[:])
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// awaitAnswer returns the answer of an earlier request, which it waits for. It is [core.ErrNotFound] if that failed and can be carried out
// again.
func (a *API) awaitAnswer(ctx context.Context, row models.APIAnswer) (kept models.APIAnswer, err error) {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		kept, err = a.Accounts.Keys.FindAnswer(ctx, row.ID)
		switch {
		case err != nil && ctx.Err() != nil:
			return kept, apikey.ErrRunning
		case err != nil:
			return kept, err
		case kept.Request != row.Request:
			return kept, apikey.ErrOtherRequest
		case kept.Status != 0:
			return kept, nil
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return kept, apikey.ErrRunning
		}
	}
}

// carryOut carries out the request and keeps its answer. A request that failed for a reason of the server, or because too much was asked for
// at once, can be carried out again.
func (a *API) carryOut(call *call, row models.APIAnswer, do func() error) error {
	response := call.c.Response()
	keep := func(ctx context.Context, body []byte) (kept bool) {
		if status := response.Status; status >= http.StatusInternalServerError || status == http.StatusTooManyRequests || status == http.StatusUnauthorized {
			return false
		}
		header := http.Header{}
		for _, name := range keptHeaders {
			if values := response.Header().Values(name); len(values) > 0 {
				header[name] = values
			}
		}
		text, _ := json.Marshal(header) // cannot fail: JSON has all of its types
		row.Status, row.Header = response.Status, string(text)
		var secret bool
		if row.Body, secret = withoutSecrets(body); secret {
			row.Sealed = a.sealer(call, row).Seal(nil, nil, body, nil) //nolint:gosec // it makes its nonce itself
		}
		err := a.Accounts.Keys.KeepAnswer(ctx, row)
		if err != nil {
			a.Kit.Log.Warn("storing the answer to a request failed", "error", err)
		}
		return err == nil
	}
	release := func(ctx context.Context) {
		if err := a.Accounts.Keys.DropAnswer(ctx, row.ID, row.Holder); err != nil {
			a.Kit.Log.Warn("a request with an Idempotency-Key cannot be repeated for a while", "error", err)
		}
	}
	return page.CarryOut(call.c, do, keep, release)
}

// sealer seals the secrets of an answer with a key that only the sender's token or key gives.
func (a *API) sealer(call *call, row models.APIAnswer) cipher.AEAD {
	secret, _ := bearer(call.c.Request())
	return page.Sealer(secret, row.ID+row.Request)
}

// repeat sends the answer of an earlier request.
func (a *API) repeat(call *call, kept models.APIAnswer) error {
	var header http.Header
	if err := json.Unmarshal([]byte(kept.Header), &header); err != nil {
		return err
	}
	body := kept.Body
	if kept.Sealed != nil {
		if opened, err := a.sealer(call, kept).Open(nil, nil, kept.Sealed, nil); err == nil { // or it was sent with another token
			body = opened
		}
	}
	for name, values := range header {
		call.c.Response().Header()[name] = values
	}
	call.c.Response().Header().Set("Idempotency-Replayed", "true")
	call.c.Response().WriteHeader(kept.Status)
	_, err := call.c.Response().Write(body)
	return err
}

// secretMembers are the members of answers that are shown once.
var secretMembers = []string{"password", "secret_link", "key"}

// withoutSecrets returns an answer in which what is shown once is null, and reports whether there was any.
func withoutSecrets(body []byte) (cleaned []byte, secret bool) {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return body, false
	}
	for _, name := range secretMembers {
		if value := members[name]; len(value) > 0 && value[0] == '"' { // in other answers the password is an object
			members[name], secret = json.RawMessage("null"), true
		}
	}
	if !secret {
		return body, false
	}
	members["shown"] = json.RawMessage("true")
	var text bytes.Buffer
	if err := marshal(&text, members); err != nil {
		return []byte("{}"), true
	}
	return text.Bytes(), true
}
