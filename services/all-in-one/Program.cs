using Mambo.AlertRelay;
using Mambo.Backoffice;
using Mambo.Deployer;
using Mambo.ServiceDefaults;
using Mambo.ServiceDefaults.Bus;
using Mambo.ServiceDefaults.Configuration;

// The whole platform in one process, for one machine: same services, same journals, the bus in memory unless mambo.yml says otherwise.
var builder = MamboHost.CreateBuilder("mambo", args, BusTransport.InMemory);
builder.AddDeployer();
builder.AddAlertRelay();
builder.AddBackoffice();
builder.AddBus();

var app = builder.Build();
app.MapHealth();
app.MapBackoffice();
app.MapDeployer();
await app.RunAsync();
