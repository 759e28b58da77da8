using System.Collections.Frozen;

namespace Mambo.Deployer.Traefik;

/// <summary>
/// The HTTP part of the dynamic configuration of Traefik 3.7, as a table; <see cref="TraefikField.Group"/> says how it is written. Traefik's own labels have no
/// <c>weighted</c>, <c>mirroring</c>, <c>failover</c>, <c>highestRandomWeight</c> and <c>serversTransports</c>; these labels end in a file, which has them, so they do.
/// </summary>
internal static class TraefikSchema
{
    private const string Cookie = "cookie?{ name secure:bool httpOnly:bool sameSite maxAge:int path domain }";

    private const string IpStrategy = "{ depth:int excludedIPs:list ipv6Subnet:int }";

    private const string SourceCriterion = $"sourceCriterion{{ ipStrategy{IpStrategy} requestHeaderName requestHost:bool }}";

    private const string Name = "country:bool province:bool locality:bool organization:bool commonName:bool serialNumber:bool domainComponent:bool";

    private const string Routers =
        """
        rule service@services middlewares:list@middlewares entryPoints:list priority:int ruleSyntax
        tls?{ options certResolver domains[]{ main sans:list } }
        observability{ accessLogs:bool metrics:bool tracing:bool traceVerbosity }
        """;

    // "server" stands for every server; it becomes the list "servers" once the addresses are known.
    private const string Services =
        $$"""
        middlewares:list@middlewares
        loadBalancer{
          server{ url scheme port:int weight:int preservePath:bool }
          sticky?{ {{Cookie}} }
          healthCheck{ scheme mode path method status:int port:int interval:time unhealthyInterval:time timeout:time hostname followRedirects:bool headers:map }
          passiveHealthCheck{ failureWindow:time maxFailedAttempts:int }
          responseForwarding{ flushInterval:time }
          strategy passHostHeader:bool serversTransport@serversTransports
        }
        weighted{ services[]{ name@services weight:int } sticky{ {{Cookie}} } healthCheck?{ } }
        highestRandomWeight{ services[]{ name@services weight:int } healthCheck?{ } }
        mirroring{ service@services mirrorBody:bool maxBodySize:int mirrors[]{ name@services percent:int } healthCheck?{ } }
        failover{ service@services fallback@services errors{ status:list maxRequestBodyBytes:int } healthCheck?{ } }
        """;

    private const string Middlewares =
        $$"""
        addPrefix{ prefix }
        stripPrefix{ prefixes:list forceSlash:bool }
        stripPrefixRegex{ regex:list }
        replacePath{ path }
        replacePathRegex{ regex replacement }
        redirectRegex{ regex replacement permanent:bool }
        redirectScheme{ scheme port permanent:bool }
        chain{ middlewares:list@middlewares }
        basicAuth{ users:list usersFile realm removeHeader:bool headerField }
        digestAuth{ users:list usersFile realm removeHeader:bool headerField }
        forwardAuth{
          address trustForwardHeader:bool authResponseHeaders:list authResponseHeadersRegex authRequestHeaders:list addAuthCookiesToResponse:list headerField
          forwardBody:bool maxBodySize:int maxResponseBodySize:int preserveLocationHeader:bool preserveRequestMethod:bool authSigninURL
          tls{ ca cert key insecureSkipVerify:bool caOptional:bool }
        }
        ipAllowList{ sourceRange:list ipStrategy?{{IpStrategy}} rejectStatusCode:int }
        ipWhiteList{ sourceRange:list ipStrategy?{{IpStrategy}} }
        inFlightReq{ amount:int {{SourceCriterion}} }
        rateLimit{
          average:int period:time burst:int {{SourceCriterion}}
          redis{
            endpoints:list username password db:int poolSize:int minIdleConns:int maxActiveConns:int readTimeout:time writeTimeout:time dialTimeout:time
            tls{ ca cert key insecureSkipVerify:bool }
          }
        }
        buffering{ maxRequestBodyBytes:int memRequestBodyBytes:int maxResponseBodyBytes:int memResponseBodyBytes:int retryExpression }
        circuitBreaker{ expression checkPeriod:time fallbackDuration:time recoveryDuration:time responseCode:int }
        compress?{ excludedContentTypes:list includedContentTypes:list minResponseBodyBytes:int encodings:list defaultEncoding }
        contentType?{ autoDetect:bool }
        retry{ attempts:int timeout:time initialInterval:time maxRequestBodyBytes:int status:list disableRetryOnNetworkError:bool retryNonIdempotentMethod:bool }
        errors{ status:list statusRewrites:intmap service@services query errorRequestHeaders:list }
        grpcWeb{ allowOrigins:list }
        encodedCharacters{
          allowEncodedSlash:bool allowEncodedBackSlash:bool allowEncodedNullCharacter:bool allowEncodedSemicolon:bool allowEncodedPercent:bool
          allowEncodedQuestionMark:bool allowEncodedHash:bool
        }
        headers{
          customRequestHeaders:map customResponseHeaders:map sslProxyHeaders:map allowedHosts:list hostsProxyHeaders:list addVaryHeader:bool isDevelopment:bool
          accessControlAllowCredentials:bool accessControlAllowHeaders:list accessControlAllowMethods:list accessControlAllowOriginList:list
          accessControlAllowOriginListRegex:list accessControlExposeHeaders:list accessControlMaxAge:int
          stsSeconds:int stsIncludeSubdomains:bool stsPreload:bool forceSTSHeader:bool frameDeny:bool customFrameOptionsValue contentTypeNosniff:bool
          browserXssFilter:bool customBrowserXSSValue contentSecurityPolicy contentSecurityPolicyReportOnly publicKey referrerPolicy permissionsPolicy featurePolicy
          sslRedirect:bool sslTemporaryRedirect:bool sslHost sslForceHost:bool
        }
        passTLSClientCert{
          pem:bool
          info{
            notAfter:bool notBefore:bool sans:bool serialNumber:bool
            subject{ {{Name}} organizationalUnit:bool }
            issuer{ {{Name}} }
          }
        }
        plugin:any
        """;

    private const string ServersTransports =
        """
        serverName insecureSkipVerify:bool rootCAs:list certificates[]{ certFile keyFile } cipherSuites:list minVersion maxVersion maxIdleConnsPerHost:int
        forwardingTimeouts{ dialTimeout:time responseHeaderTimeout:time idleConnTimeout:time readIdleTimeout:time pingTimeout:time }
        disableHTTP2:bool peerCertURI peerCertSANs[]{ type value } spiffe?{ ids:list trustDomain }
        """;

    /// <summary>What a member of each section may have.</summary>
    public static FrozenDictionary<string, TraefikField> Sections { get; } = new[]
    {
        TraefikField.Group("routers", Routers),
        TraefikField.Group("services", Services),
        TraefikField.Group("middlewares", Middlewares),
        TraefikField.Group("serversTransports", ServersTransports),
    }.ToFrozenDictionary(section => section.Name, StringComparer.OrdinalIgnoreCase);
}
