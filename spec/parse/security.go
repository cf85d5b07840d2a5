package parse

import (
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// security reads the alternatives of a server or an operation.
func (r *reader) security(f *fields) []spec.SecurityRequirement {
	var out []spec.SecurityRequirement
	for _, item := range f.items("security") {
		if requirement, ok := r.edition.requirement(item); ok {
			r.checkScopes(requirement)
			out = append(out, requirement)
		}
	}
	return out
}

// checkScopes holds the scopes of a requirement against those that its schemes
// have.
func (r *reader) checkScopes(requirement spec.SecurityRequirement) {
	for _, q := range requirement.Schemes {
		kind, ok := r.schemeType(q.Scheme.Type.Value)
		scopes := r.scopesOf(q.Scheme)
		for _, scope := range q.Scopes {
			switch {
			case ok && !kind.scoped:
				r.found.Errorf(scope, "unknown-scope", "a scheme of type %q has no scopes", kind.name).
					Note(top(q.Scheme.At), "the scheme").WithHelp("leave the array empty")
			case len(q.Scheme.Flows.All()) > 0 && !scopes.known[scope.Value]:
				d := r.found.Errorf(scope, "unknown-scope", "no flow of the scheme has the scope %q", brief(scope.Value)).
					Note(top(q.Scheme.At), "the scheme")
				if near := r.hints.Nearest(scope.Value, scopes.names); near != "" {
					d.WithHelp("did you mean %q?", near)
				}
			}
		}
	}
}

// scopeSet are the scopes that the flows of a scheme have.
type scopeSet struct {
	names []string
	known map[string]bool
}

// scopesOf collects the scopes of a scheme, once.
func (r *reader) scopesOf(s *spec.SecurityScheme) *scopeSet {
	if done := r.scopeSets[s]; done != nil {
		return done
	}
	out := &scopeSet{known: map[string]bool{}}
	for _, f := range s.Flows.All() {
		for _, scope := range f.AvailableScopes {
			out.names = append(out.names, scope.Name.Value)
			out.known[scope.Name.Value] = true
		}
	}
	r.scopeSets[s] = out
	return out
}

func (r *reader) schemeType(name string) (schemeType, bool) {
	i := slices.IndexFunc(schemeTypes, func(t schemeType) bool { return t.name == name && t.first <= r.version })
	if i < 0 {
		return schemeType{}, false
	}
	return schemeTypes[i], true
}

func (r *reader) securityScheme(p resolve.Place) *spec.SecurityScheme {
	return read(r, p, securitySchemeTable, func(f *fields, s *spec.SecurityScheme) {
		s.Origin, s.Key = f.origin(), f.key
		s.Type = f.choice("type", r.schemeTypeNames()...)
		kind, known := r.schemeType(s.Type.Value)
		f.demand(kind.need...)
		if known {
			f.refuseForeign(kind)
		}
		s.Description = f.text("description")
		s.Name = f.text("name")
		s.In = f.text("in")
		if s.In.IsSet() && kind.in != nil {
			r.oneOf(s.In, quoted("in"), kind.in)
		}
		s.Scheme = f.text("scheme")
		s.BearerFormat = f.text("bearerFormat")
		if s.BearerFormat.IsSet() && s.Scheme.IsSet() && !strings.EqualFold(s.Scheme.Value, "bearer") {
			r.found.Errorf(f.place("bearerFormat").Key, "unknown-key", "the scheme %q has no \"bearerFormat\", only \"bearer\" has",
				brief(s.Scheme.Value))
		}
		s.OpenIDConnectURL = f.url("openIdConnectUrl")
		s.Flows = r.flows(f.place("flows"))
		s.Scopes = f.texts("scopes")
		s.Extensions = f.extensions()
	})
}

// refuseForeign reports the members that only schemes of other types have.
func (f *fields) refuseForeign(kind schemeType) {
	for _, key := range schemeMembers {
		m := f.own.Node.Member(key)
		if m == nil || !f.shape[key].in(f.r.version) || slices.Contains(kind.need, key) || slices.Contains(kind.may, key) {
			continue
		}
		f.r.found.Errorf(m.Key, "unknown-key", "a security scheme of type %q has no %q", kind.name, key).
			WithHelp("leave it out, or give the scheme the type it needs")
	}
}

func (r *reader) schemeTypeNames() []string {
	var out []string
	for _, t := range schemeTypes {
		if t.first <= r.version {
			out = append(out, t.name)
		}
	}
	return out
}

func (r *reader) flows(p resolve.Place) *spec.OAuthFlows {
	return read(r, p, oauthFlowsTable, func(f *fields, out *spec.OAuthFlows) {
		out.Origin = f.origin()
		flows := map[string]**spec.OAuthFlow{
			"implicit": &out.Implicit, "password": &out.Password,
			"clientCredentials": &out.ClientCredentials, "authorizationCode": &out.AuthorizationCode,
		}
		for _, row := range flowTables {
			if p := f.place(row.key); p.Node != nil {
				*flows[row.key] = r.flow(p, row.table)
			}
		}
		out.Extensions = f.extensions()
	})
}

func (r *reader) flow(p resolve.Place, t *table) *spec.OAuthFlow {
	return read(r, p, t, func(f *fields, o *spec.OAuthFlow) {
		o.Origin = f.origin()
		urls := map[string]*spec.Text{
			"authorizationUrl": &o.AuthorizationURL, "tokenUrl": &o.TokenURL, "refreshUrl": &o.RefreshURL,
		}
		for key, u := range urls {
			if f.shape[key] != nil {
				*u = f.url(key)
			}
		}
		o.Extensions = f.extensions()
		for _, key := range []string{"scopes", "availableScopes"} {
			for name, p := range f.members(key, anyName) {
				text := r.text(p, "the description of a scope")
				o.AvailableScopes = append(o.AvailableScopes, spec.Scope{Name: name, Description: text})
			}
		}
	})
}

// schemeNamed finds a scheme in components by its key, as 2.x requirements do.
func (r *reader) schemeNamed(name spec.Text) *spec.SecurityScheme {
	components := r.root.Child("components")
	schemes := components.Child("securitySchemes")
	p := schemes.Child(name.Value)
	if p.Node == nil {
		if r.isBroken(components, schemes) {
			return nil
		}
		d := r.found.Errorf(name, "unknown-security-scheme", "there is no security scheme %q in components", brief(name.Value))
		r.suggest(d, name.Value, schemes.Node)
		return nil
	}
	return r.securityScheme(p)
}

// isRequirementByName reports a requirement that names its scheme, as those of
// 2.x do, where the scheme itself or a reference to it belongs.
func (r *reader) isRequirementByName(p resolve.Place) bool {
	var d *diag.Diagnostic
	name := p.Node.Text
	switch n := p.Node; {
	case n.Kind == syntax.Mapping && len(n.Members) > 0 && n.Members[0].Value.Kind == syntax.Sequence:
		name = n.Members[0].Key.Text
		d = r.found.Errorf(n.Members[0].Key, "ref-required",
			"a scheme is required by its name in AsyncAPI 2.x, this is a document of %s", r.version)
	case n.Kind == syntax.String:
		d = r.found.Errorf(top(n.At), "wrong-kind", "the security scheme must be an object, is a string")
	default:
		return false
	}
	r.refs.Excuse(p.Node)
	d.WithHelp("write $ref: '#/components/securitySchemes/%s'", brief(source.EscapeToken(name)))
	return true
}

// isRequirementByRef reports a requirement that is a reference, as those of 3.x
// are, where the name of the scheme belongs.
func (r *reader) isRequirementByRef(p resolve.Place) bool {
	ref := p.Ref()
	if ref == nil {
		return false
	}
	d := r.found.Errorf(p.Node.Member("$ref").Key, "ref-not-allowed", "a reference cannot stand for the security requirement")
	if name, ok := strings.CutPrefix(ref.Text, "#/components/securitySchemes/"); ok {
		d.WithHelp("name the scheme and the scopes: %s: []", brief(name))
	} else {
		d.WithHelp("name a scheme of components.securitySchemes and its scopes, as in name: []")
	}
	return true
}

// scopes are the items under a scheme's name in a 2.x requirement.
func (r *reader) scopes(p resolve.Place) []spec.Text {
	if !r.isKind(p, "the scopes of a requirement", syntax.Sequence) {
		return nil
	}
	var out []spec.Text
	for i := range p.Node.Items {
		if t := r.text(p.Item(i), "a scope"); t.IsSet() {
			out = append(out, t)
		}
	}
	return r.distinct(out)
}
