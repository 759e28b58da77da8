using Mambo.AlertRelay;
using Mambo.ServiceDefaults;
using Mambo.ServiceDefaults.Bus;

var builder = MamboHost.CreateBuilder("alert-relay", args);
builder.AddAlertRelay();
builder.AddBus();

var app = builder.Build();
app.MapHealth();
app.MapAlertRelay();
await app.RunAsync();
