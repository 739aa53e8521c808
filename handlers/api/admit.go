package api

import (
	"cmp"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/apikey"
	"latchkey/accounts/core"
	"latchkey/handlers/page"
)

// admit finds out who sends a request, and refuses what does not depend on its body. If it returns no error, leave must be called when the
// request ends.
func (a *API) admit(call *call) (leave func(), err error) {
	if err := checkTarget(call.c); err != nil {
		return nil, err
	}
	request := call.c.Request()
	who, _ := call.op.Metadata[accessKey].(access)
	if actor, command := page.HostActor(request.Context()); command {
		call.actor = actor
		call.actor.RequestID = page.RequestID(call.c)
		return func() {}, nil
	}
	if who == anyone {
		return func() {}, nil
	}
	secret, ok := bearer(request)
	if !ok {
		return nil, apikey.ErrInvalid
	}
	access, err := a.Accounts.Keys.Resolve(request.Context(), secret, page.Client(call.c))
	if access.Account.ID != "" {
		page.SetProgram(call.c, access.Actor)
	}
	if err != nil {
		return nil, err
	}
	call.actor, call.account = access.Actor, access.Account
	if leave, err = a.limits.enter(call.account.ID, a.Now(), call.c.Response().Header()); err != nil {
		return nil, err
	}
	switch {
	case who != tokens && !call.actor.MayOperate():
		err = core.ErrForbidden
	case who == writers && !call.actor.Key.Write:
		err = core.ErrReadOnly
	}
	if err != nil {
		leave()
	}
	return leave, err
}

// checkTarget refuses a request for its URL or its Accept header.
func checkTarget(c echo.Context) error {
	if keyInURL(c.Request()) {
		return apikey.ErrInvalid
	}
	if !acceptsJSON(c.Request().Header.Values(echo.HeaderAccept)) {
		return echo.NewHTTPError(http.StatusNotAcceptable)
	}
	for name, values := range c.QueryParams() {
		if len(values) > 1 {
			return core.Invalid(name, errRepeated)
		}
	}
	return nil
}

// bearer returns the token or key of a request (RFC 6750, section 2.1). Two of them are none.
func bearer(r *http.Request) (secret string, ok bool) {
	values := r.Header.Values(echo.HeaderAuthorization)
	if len(values) != 1 {
		return "", false
	}
	scheme, secret, _ := strings.Cut(values[0], " ")
	secret = strings.TrimSpace(secret)
	return secret, strings.EqualFold(scheme, "Bearer") && secret != "" && len(secret) <= apikey.MaxSecret
}

// acceptsJSON reports whether an Accept header has JSON in it (RFC 9110, section 12.5.1). Without one anything is accepted.
func acceptsJSON(values []string) bool {
	if len(values) == 0 {
		return true
	}
	for item := range strings.SplitSeq(strings.Join(values, ","), ",") {
		media, parameters, err := mime.ParseMediaType(item)
		if err != nil {
			continue
		}
		quality, err := strconv.ParseFloat(cmp.Or(parameters["q"], "1"), 64)
		if err == nil && quality > 0 && slices.Contains([]string{"*/*", "application/*", "application/json", "application/problem+json"}, media) {
			return true
		}
	}
	return false
}

// keyInURL reports whether the address of a request seems to have a key or token, which proxies and browsers would log.
func keyInURL(r *http.Request) bool {
	for _, values := range r.URL.Query() {
		for _, value := range values {
			if apikey.LooksLikeSecret(value) {
				return true
			}
		}
	}
	for part := range strings.SplitSeq(r.URL.Path, "/") {
		if apikey.LooksLikeSecret(part) {
			return true
		}
	}
	return false
}
